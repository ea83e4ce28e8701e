using System.Text.RegularExpressions;

namespace GoTemplate.Sprig;

/// <summary>A constraint such as <c>&gt;=1.2 &lt;2 || ^3.x</c>: alternatives, each of comparisons that must all hold.</summary>
internal sealed partial class VersionConstraint
{
    private readonly List<List<Comparison>> _alternatives;

    private VersionConstraint(List<List<Comparison>> alternatives) => _alternatives = alternatives;

    /// <summary>Null if the text is no constraint.</summary>
    public static VersionConstraint? Parse(string text)
    {
        // "1.2 - 1.4" is a range with both ends.
        text = Hyphen().Replace(text, m => $">={m.Groups[1].Value},<={m.Groups[2].Value}");
        var alternatives = new List<List<Comparison>>();
        foreach (var part in text.Split("||"))
        {
            if (!Whole().IsMatch(part)) return null;
            var comparisons = new List<Comparison>();
            foreach (Match match in One().Matches(part))
            {
                if (Comparison.Of(match) is not { } comparison) return null;
                comparisons.Add(comparison);
            }

            alternatives.Add(comparisons);
        }

        return new VersionConstraint(alternatives);
    }

    public bool Allows(SemanticVersion version) => _alternatives.Exists(all => all.TrueForAll(c => c.Allows(version)));

    [GeneratedRegex(@"^(?:\s*(?:=|!=|>|<|>=|=>|<=|=<|~|~>|\^|)\s*v?[0-9xX*]+[0-9A-Za-z.*+\-]*\s*)(?:(?:\s+|,\s*)(?:=|!=|>|<|>=|=>|<=|=<|~|~>|\^|)\s*v?[0-9xX*]+[0-9A-Za-z.*+\-]*\s*)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Whole();

    [GeneratedRegex(@"(!=|>=|=>|<=|=<|~>|=|>|<|~|\^|)\s*v?([0-9xX*]+)(?:\.([0-9xX*]+))?(?:\.([0-9xX*]+))?(?:-([0-9A-Za-z.\-]+))?(?:\+[0-9A-Za-z.\-]+)?", RegexOptions.NonBacktracking)]
    private static partial Regex One();

    [GeneratedRegex(@"\s*(v?[0-9xX*]+[0-9A-Za-z.*+\-]*)\s+-\s+(v?[0-9xX*]+[0-9A-Za-z.*+\-]*)\s*", RegexOptions.NonBacktracking)]
    private static partial Regex Hyphen();

    /// <summary>An operator and a version, of which trailing parts may be left open.</summary>
    private sealed record Comparison(string Operator, SemanticVersion Bound, int Known)
    {
        private bool IsOpen => Known < 3;

        public static Comparison? Of(Match match)
        {
            var parts = new[] { match.Groups[2].Value, match.Groups[3].Value, match.Groups[4].Value };
            var known = parts.TakeWhile(p => p.Length > 0 && p is not ("x" or "X" or "*")).Count();
            var version = string.Join('.', parts.Select((p, i) => i < known ? p : "0"));
            var prerelease = match.Groups[5].Value;
            if (prerelease.Length > 0) version += "-" + prerelease;
            return SemanticVersion.Parse(version) is { } bound ? new Comparison(match.Groups[1].Value, bound, known) : null;
        }

        public bool Allows(SemanticVersion v)
        {
            // Prereleases count only where the constraint names one.
            if (v.Prerelease.Length > 0 && Bound.Prerelease.Length == 0 && (Operator != "!=" || IsOpen)) return false;
            var order = v.CompareTo(Bound);
            return Operator switch
            {
                "!=" => IsOpen ? !SamePrefix(v) : order != 0,
                ">" => Known switch { 0 => false, 1 => v.Major > Bound.Major, 2 => v.Major > Bound.Major || (v.Major == Bound.Major && v.Minor > Bound.Minor), _ => order > 0 },
                "<" => order < 0,
                ">=" or "=>" => order >= 0,
                "<=" or "=<" => IsOpen ? order <= 0 || SamePrefix(v) : order <= 0,
                "~" or "~>" => Tilde(v, order),
                "^" => Caret(v, order),
                _ => IsOpen ? Tilde(v, order) : order == 0,
            };
        }

        private bool SamePrefix(SemanticVersion v) =>
            (Known < 1 || v.Major == Bound.Major) && (Known < 2 || v.Minor == Bound.Minor);

        private bool Tilde(SemanticVersion v, int order)
        {
            if (order < 0) return false;
            // ~0.0.0 and ~* accept everything from there on.
            if (Bound is { Major: 0, Minor: 0, Patch: 0 } && Known is 0 or 3) return true;
            return v.Major == Bound.Major && (Known == 1 || v.Minor == Bound.Minor);
        }

        private bool Caret(SemanticVersion v, int order)
        {
            if (order < 0) return false;
            if (Known == 0) return true;
            if (Bound.Major > 0 || Known == 1) return v.Major == Bound.Major;
            if (v.Major > 0) return false;
            if (Bound.Minor > 0 || Known == 2) return v.Minor == Bound.Minor;
            return v.Minor == 0 && v.Patch == Bound.Patch;
        }
    }
}
