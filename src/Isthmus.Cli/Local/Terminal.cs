using Spectre.Console;

namespace Isthmus.Cli.Local;

/// <summary>A console on a writer: with colours and the terminal's width where it is one, plain and unbroken lines where it is not.</summary>
internal static class Terminal
{
    private const int Unbroken = 400;

    public static IAnsiConsole For(TextWriter writer)
    {
        if (writer == Console.Out && !Console.IsOutputRedirected)
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
