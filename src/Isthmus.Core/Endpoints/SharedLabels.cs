using System.Collections.Immutable;

namespace Isthmus.Core.Endpoints;

/// <summary>The labels that all endpoints behind a gateway have in common, of those that decide about priorities (istio#49500).</summary>
internal sealed class SharedLabels(ImmutableArray<string> keys)
{
    private Dictionary<string, string>? _common;

    public IReadOnlyDictionary<string, string> Common => _common ?? [];

    public void Add(IReadOnlyDictionary<string, string> labels)
    {
        if (_common is null)
        {
            _common = [];
            foreach (var key in keys)
                if (labels.TryGetValue(key, out var value)) _common[key] = value;
            return;
        }
        foreach (var key in keys)
            if (_common.TryGetValue(key, out var value) && (!labels.TryGetValue(key, out var other) || other != value)) _common.Remove(key);
    }
}
