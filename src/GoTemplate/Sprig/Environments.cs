using System.Text.RegularExpressions;
using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Sprig's env and expandenv, over the variables that the host offers.</summary>
internal static partial class Environments
{
    public static Function[] Create(SprigOptions options) =>
    [
        Function.Create("env(string)", a => Lookup(options, a.String(0))),
        Function.Create("expandenv(string)", a => Reference().Replace(a.String(0), m => Lookup(options, m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value))),
    ];

    private static string Lookup(SprigOptions options, string name)
    {
        if (options.Environment is not { } environment) throw new FunctionException("the environment is not available to templates");
        return environment(name) ?? "";
    }

    [GeneratedRegex(@"\$(?:\{([^}]*)\}|([0-9A-Za-z_]+))")]
    private static partial Regex Reference();
}
