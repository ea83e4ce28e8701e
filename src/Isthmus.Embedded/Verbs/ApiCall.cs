using Isthmus.Embedded.Admission;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Verbs;

/// <summary>One request for a resource, as the verbs see it.</summary>
internal sealed record ApiCall(ServedKind Kind, string? Namespace, string? Name, string? Subresource, RequestUser User, CallQuery Query)
{
    public ResourceDefinition Resource => Kind.Resource;

    /// <summary>What the client calls itself, up to the first slash: the default field manager.</summary>
    public string Client { get; init; } = "";

    /// <summary>Becomes the answer's Warning headers.</summary>
    public List<string> Warnings { get; } = [];

    public CancellationToken Cancellation { get; init; }
}
