using System.Text.Json.Nodes;
using Isthmus.Embedded.Admission;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;
using Isthmus.Embedded.Storage;
using Isthmus.Embedded.Verbs;

namespace Isthmus.Embedded.Cluster;

/// <summary>The webhook configurations as they are stored at the moment.</summary>
internal sealed class StoredWebhooks(ObjectStore store, KindRegistry kinds) : IWebhookConfigurations
{
    public IReadOnlyList<JsonObject> Mutating => store.List("mutatingwebhookconfigurations.admissionregistration.k8s.io").Items;

    public IReadOnlyList<JsonObject> Validating => store.List("validatingwebhookconfigurations.admissionregistration.k8s.io").Items;

    public IReadOnlyDictionary<string, string>? NamespaceLabels(string name) =>
        store.Get(new ObjectKey(NamespaceLifecycle.Namespaces, "", name))?.Labels();

    public KindRules? Rules(ResourceDefinition resource) => kinds.Find(resource.Group, resource.Version, resource.Plural)?.Rules;

    public IReadOnlyList<ResourceDefinition> Versions(ResourceDefinition resource) =>
        [.. kinds.All.Select(k => k.Resource).Where(r => r.GroupResource == resource.GroupResource)];
}
