using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Storage;

namespace Isthmus.Embedded.Verbs;

/// <summary>The NamespaceLifecycle admission plugin: nothing new in a missing or terminating namespace, three namespaces stay.</summary>
internal static class NamespaceLifecycle
{
    public const string Namespaces = "namespaces";

    private static readonly string[] Immortal = ["default", "kube-system", "kube-public"];

    public static void CheckCreate(ObjectStore store, ResourceDefinition resource, string? inNamespace, string name)
    {
        if (!resource.Namespaced || string.IsNullOrEmpty(inNamespace))
        {
            return;
        }
        var found = store.Get(new ObjectKey(Namespaces, "", inNamespace))
            ?? throw new ApiStatusException(404, "NotFound", $"namespaces \"{inNamespace}\" not found", new JsonObject { ["name"] = inNamespace, ["kind"] = Namespaces });
        if (found.IsBeingDeleted())
        {
            throw ApiErrors.Forbidden(resource, name, $"unable to create new content in namespace {inNamespace} because it is being terminated",
                [new JsonObject { ["reason"] = "NamespaceTerminating", ["message"] = $"namespace {inNamespace} is being terminated", ["field"] = "metadata.namespace" }]);
        }
    }

    public static void CheckDelete(ResourceDefinition resource, string name)
    {
        if (resource.GroupResource == Namespaces && Immortal.Contains(name, StringComparer.Ordinal))
        {
            throw ApiErrors.Forbidden(resource, name, "this namespace may not be deleted");
        }
    }
}
