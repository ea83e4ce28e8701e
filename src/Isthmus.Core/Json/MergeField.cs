namespace Isthmus.Core.Json;

/// <summary>A field of a Kubernetes struct.</summary>
/// <param name="Json">Name in JSON.</param>
/// <param name="Go">Name in Go, which templates use.</param>
/// <param name="Type">Name of a struct or of a basic type: string, bool, int, any, time, quantity, intorstring.</param>
/// <param name="Struct">The struct, where the type (or the element's) is one.</param>
/// <param name="Shape">What holds the type.</param>
/// <param name="Optional">Whether absent and zero differ.</param>
/// <param name="Always">Whether Go writes the field even when it is empty.</param>
/// <param name="Merge">Whether strategic merge joins lists instead of replacing them.</param>
/// <param name="MergeKey">The key by which elements of lists of maps are matched; empty for lists of primitives.</param>
/// <param name="RetainKeys">Whether clients send <c>$retainKeys</c>, as for unions.</param>
public sealed record MergeField(
    string Json, string Go, string Type, MergeSchema? Struct, FieldShape Shape, bool Optional, bool Always, bool Merge, string MergeKey, bool RetainKeys);
