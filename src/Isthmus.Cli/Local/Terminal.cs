using Spectre.Console;

namespace Isthmus.Cli.Local;

/// <summary>A console on a writer: with colours and the terminal's width where it is one, plain and unbroken lines where it is not.</summary>
internal static class Terminal
{
    private const int Unbroken = 100_000;

    /// <summary>Whether somebody sits before the writer.</summary>
    public static bool IsShown(TextWriter writer) => writer == Console.Out && !Console.IsOutputRedirected;

    /// <summary>Whether somebody can be asked.</summary>
    public static bool CanAsk(TextWriter writer) => IsShown(writer) && !Console.IsInputRedirected;

    /// <summary>A console that leaves long lines to the terminal, so that what is copied from it is whole.</summary>
    public static IAnsiConsole Unwrapped(TextWriter writer)
    {
        if (!IsShown(writer))
            return For(writer);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = Unbroken;
        return console;
    }

    public static IAnsiConsole For(TextWriter writer)
    {
        if (IsShown(writer))
            return AnsiConsole.Console;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = Unbroken;
        return console;
    }
}
