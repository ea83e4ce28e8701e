using System.Text.Json.Nodes;
using Isthmus.Core.Aks;
using Isthmus.Core.Mesh;
using Xunit;

namespace Isthmus.Core.Tests.Aks;

/// <summary>Clusters as ARM answers them, and documents, for these tests.</summary>
internal static class AksFacts
{
    public const string Subscription = "11111111-2222-3333-4444-555555555555";
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    public static string Id(string name, string group = "g") =>
        $"/subscriptions/{Subscription}/resourceGroups/{group}/providers/Microsoft.ContainerService/managedClusters/{name}";

    public static AksCluster Cluster(string name, string tags = "{\"isthmus-mesh\":\"prod\"}", string network = """{"networkPlugin":"azure"}""", string group = "g", string vnet = "hub")
    {
        var resource = JsonNode.Parse($$$"""
            {"id":"{{{Id(name, group)}}}","name":"{{{name}}}","location":"westeurope","tags":{{{tags}}},
             "properties":{"powerState":{"code":"Running"},"provisioningState":"Succeeded","networkProfile":{{{network}}},"aadProfile":{"managed":true},
               "agentPoolProfiles":[{"name":"p","vnetSubnetID":"/subscriptions/s/resourceGroups/n/providers/Microsoft.Network/virtualNetworks/{{{vnet}}}/subnets/x"}]}}
            """)?.AsObject();
        return AksCluster.Read(resource ?? []) ?? throw new InvalidOperationException("It is no cluster.");
    }

    public static AksLook Found(string name, string tags = "{\"isthmus-mesh\":\"prod\"}", string group = "g") => new AksLook.Found(Cluster(name, tags, group: group));

    public static MeshDocument Document(string clusters = "", string spec = "")
    {
        var result = MeshDocument.Parse($$"""
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: prod}
            spec:
              discovery: {subscriptions: [{{Subscription}}]}
            {{spec}}
              clusters: [{{clusters}}]
            """);
        Assert.Empty(result.Errors);
        return result.Document ?? throw new InvalidOperationException("It does not hold.");
    }

    public static ClusterRegister Register(MeshDocument mesh, params (string Id, AksLook Look)[] looks) =>
        RegisterPlanner.Plan(mesh, ClusterRegister.Empty, looks.ToDictionary(look => look.Id, look => look.Look), Now);
}
