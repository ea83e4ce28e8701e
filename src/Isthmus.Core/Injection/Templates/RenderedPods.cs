using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection.Structs;
using Isthmus.Core.Json;

namespace Isthmus.Core.Injection.Templates;

/// <summary>
/// Parsed templates by their rendered text. Pods of one ReplicaSet render the same text, so most reviews parse none; when the cache is full it
/// starts again from nothing.
/// </summary>
internal sealed class RenderedPods
{
    private const int Capacity = 200;
    private const int LongestCached = 64 * 1024;

    private readonly ConcurrentDictionary<string, RenderedPod> _byText = new(StringComparer.Ordinal);
    private readonly Recurrence _recurrence = new();

    public RenderedPod Parse(string text)
    {
        if (_byText.TryGetValue(text, out var known)) return known;
        var parsed = Read(text);
        if (text.Length > LongestCached || !_recurrence.Seen(text.GetHashCode(StringComparison.Ordinal))) return parsed;
        if (_byText.Count >= Capacity) _byText.Clear();
        _byText.TryAdd(text, parsed);
        return parsed;
    }

    private static RenderedPod Read(string text)
    {
        try
        {
            return Yaml.Read(text, lastKeyWins: true) switch
            {
                null => new RenderedPod([], null),
                JsonObject overlay => new RenderedPod(overlay, StructCheck.FirstError(overlay, PodSchema.Pod)),
                _ => new RenderedPod([], "the template renders no map"),
            };
        }
        catch (YamlFormatException error)
        {
            return new RenderedPod([], $"failed parsing generated injected YAML (check Istio sidecar injector configuration): {error.Message}");
        }
    }
}
