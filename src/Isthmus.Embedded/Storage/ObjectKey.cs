using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Storage;

/// <summary>Where an object is stored: by resource without its version, since all versions are views of one object.</summary>
internal readonly record struct ObjectKey(string GroupResource, string Namespace, string Name)
{
    public static ObjectKey Of(ResourceDefinition resource, JsonObject obj) =>
        new(resource.GroupResource, resource.Namespaced ? obj.Namespace() : "", obj.Name());

    /// <summary>The order of lists: that of the storage keys, so <c>a-b/x</c> comes before <c>a/x</c>.</summary>
    public string Path => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
