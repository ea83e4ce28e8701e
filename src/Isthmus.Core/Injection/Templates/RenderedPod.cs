using System.Text.Json.Nodes;
using Isthmus.Core.Injection.Structs;
using Isthmus.Core.Json;

namespace Isthmus.Core.Injection.Templates;

/// <summary>A parsed text, never changed, or why it is no pod.</summary>
internal sealed class RenderedPod(JsonObject overlay, string? error)
{
    private readonly Lazy<JsonObject> _alone = new(() => StrategicMerge.Apply([], overlay, PodSchema.Pod));

    public JsonObject Overlay => overlay;

    public string? Error => error;

    /// <summary>The text merged onto an empty pod: its directives are carried out and its nulls are gone.</summary>
    public JsonObject Alone => _alone.Value;
}
