using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;
using Isthmus.Embedded.Schemas;
using Isthmus.Embedded.Storage;

namespace Isthmus.Embedded.Verbs;

/// <summary>Every kind that the cluster serves: the built-in ones, and those of its established CRDs.</summary>
internal sealed class KindRegistry(ObjectStore store)
{
    public const string Definitions = "customresourcedefinitions.apiextensions.k8s.io";

    private readonly Lock _gate = new();
    private readonly List<ServedKind> _builtIn = [.. BuiltInKinds.All.Select(rules => new ServedKind(rules, null))];
    private IReadOnlyList<ServedKind> _all = [];
    private long _builtFrom = -1;

    public IReadOnlyList<ServedKind> All
    {
        get
        {
            var revision = store.LastWrite(Definitions);
            lock (_gate)
            {
                if (revision > _builtFrom)
                {
                    _all = [.. _builtIn, .. store.List(Definitions).Items.Where(Served).SelectMany(Versions)];
                    _builtFrom = revision;
                }
                return _all;
            }
        }
    }

    public ServedKind? Find(string group, string version, string plural) =>
        All.FirstOrDefault(k => k.Resource.Plural == plural && k.Resource.Group == group && k.Resource.Version == version);

    /// <summary>Any served version of a resource.</summary>
    public ServedKind? Find(string groupResource) => All.FirstOrDefault(k => k.Resource.GroupResource == groupResource);

    public ServedKind? FindKind(string apiVersion, string kind) =>
        All.FirstOrDefault(k => k.Resource.Kind == kind && k.Resource.ApiVersion == apiVersion);

    private static bool Served(JsonObject definition) =>
        definition["status"]?["conditions"] is JsonArray conditions
        && conditions.OfType<JsonObject>().Any(c => c.Text("type") == "Established" && c.Text("status") == "True");

    private static IEnumerable<ServedKind> Versions(JsonObject definition) =>
        CustomResourceKinds.FromDefinition(definition).Select(rules => new ServedKind(rules, definition));
}
