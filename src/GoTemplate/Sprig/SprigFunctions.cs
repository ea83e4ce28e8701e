using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>All functions of Sprig 3.3's TxtFuncMap.</summary>
internal static class SprigFunctions
{
    public static IEnumerable<Function> Create(SprigOptions options) =>
    [
        .. Texts.All,
        .. Cases.All,
        .. Lists.All,
        .. Maps.All,
        .. Numbers.All,
        .. Defaults.All,
        .. Json.All,
        .. Encodings.All,
        .. Types.All,
        .. Paths.All,
        .. Patterns.All,
        .. Versions.All,
        .. Urls.All,
        .. Dates.Create(options),
        .. Randoms.Create(options),
        .. Environments.Create(options),
        .. SprigOptions.Unsupported.Select(Refused),
    ];

    private static Function Refused(string name) =>
        Function.Create(name + "(...any)", _ => throw new FunctionException("not supported by this library"));
}
