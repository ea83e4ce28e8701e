using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Sprig's semver and semverCompare.</summary>
internal static class Versions
{
    public static readonly Function[] All =
    [
        Function.Create("semver(string)", a => Parse(a.String(0))),
        Function.Create("semverCompare(string,string)", a =>
        {
            var constraint = VersionConstraint.Parse(a.String(0)) ?? throw new FunctionException("improper constraint: " + a.String(0));
            return GoValue.Box(constraint.Allows(Parse(a.String(1))));
        }),
    ];

    private static SemanticVersion Parse(string text) =>
        SemanticVersion.Parse(text) ?? throw new FunctionException("Invalid Semantic Version");
}
