using System.Collections.Immutable;

namespace Isthmus.Core.Endpoints;

/// <summary>Istio's subset test: every label asked for is there with that value.</summary>
internal static class LabelMatch
{
    public static bool Includes(IReadOnlyDictionary<string, string> labels, ImmutableArray<KeyValuePair<string, string>> asked)
    {
        foreach (var (key, value) in asked)
            if (!labels.TryGetValue(key, out var found) || found != value) return false;
        return true;
    }
}
