using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Auth;
using Isthmus.Embedded.Storage;
using Isthmus.Embedded.Verbs;

namespace Isthmus.Embedded.Cluster;

/// <summary>What is in a cluster before the first request: its namespaces, its policy, the API server's own Service, and what the user gave.</summary>
internal static class InitialState
{
    private static readonly string[] Namespaces = ["default", "kube-node-lease", "kube-public", "kube-system"];

    public static void Put(ObjectStore store, KindRegistry kinds, WriteParts parts, string serverAddress, IReadOnlyList<JsonObject> given)
    {
        foreach (var name in Namespaces)
        {
            Put(store, kinds, parts, new JsonObject { ["kind"] = "Namespace", ["apiVersion"] = "v1", ["metadata"] = new JsonObject { ["name"] = name } });
        }
        foreach (var policy in BootstrapPolicy.Objects())
        {
            Put(store, kinds, parts, policy);
        }
        Put(store, kinds, parts, new JsonObject
        {
            ["kind"] = "Service",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = "kubernetes",
                ["namespace"] = "default",
                ["labels"] = new JsonObject { ["component"] = "apiserver", ["provider"] = "kubernetes" },
            },
            ["spec"] = new JsonObject
            {
                ["clusterIP"] = serverAddress,
                ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = 443, ["protocol"] = "TCP", ["targetPort"] = 6443 }),
            },
        });
        foreach (var obj in given)
        {
            Put(store, kinds, parts, obj.Copy());
        }
    }

    private static void Put(ObjectStore store, KindRegistry kinds, WriteParts parts, JsonObject obj)
    {
        var kind = kinds.FindKind(obj.Text("apiVersion"), obj.Text("kind"))
            ?? throw new ArgumentException($"the cluster serves no {obj.Text("apiVersion")} {obj.Text("kind")}, asked for by an initial object");
        var status = obj["status"]?.DeepClone();
        kind.Rules.Default(obj);
        kind.Rules.PrepareForCreate(obj, parts.Services);
        if (status is not null)
        {
            // A user's object is stored as given, with the state that only controllers write otherwise.
            obj["status"] = status;
        }
        var metadata = obj.Metadata();
        metadata["uid"] ??= Guid.NewGuid().ToString();
        metadata["creationTimestamp"] ??= ObjectMetadata.Timestamp(parts.Time.GetUtcNow());
        if (kind.Resource.Namespaced)
        {
            metadata["namespace"] ??= "default";
        }
        if (store.Create(ObjectKey.Of(kind.Resource, obj), obj) is null)
        {
            throw new ArgumentException($"initial object {kind.Resource.GroupResource} \"{obj.Name()}\" is given twice");
        }
    }
}
