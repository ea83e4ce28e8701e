using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Admission;

/// <summary>What admission reads of its cluster, always current.</summary>
internal interface IWebhookConfigurations
{
    /// <summary>The stored MutatingWebhookConfigurations, in any order.</summary>
    IReadOnlyList<JsonObject> Mutating { get; }

    /// <summary>The stored ValidatingWebhookConfigurations, in any order.</summary>
    IReadOnlyList<JsonObject> Validating { get; }

    /// <summary>Null when there is no such namespace.</summary>
    IReadOnlyDictionary<string, string>? NamespaceLabels(string name);

    /// <summary>The rules of a served resource; null for virtual ones (access reviews).</summary>
    KindRules? Rules(ResourceDefinition resource);

    /// <summary>All served versions of a resource, the given one among them.</summary>
    IReadOnlyList<ResourceDefinition> Versions(ResourceDefinition resource);
}
