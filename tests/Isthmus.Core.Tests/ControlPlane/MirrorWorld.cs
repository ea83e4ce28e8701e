using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Federation;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Planning;

namespace Isthmus.Core.Tests.ControlPlane;

/// <summary>The Services of clusters in memory.</summary>
internal sealed class MirrorWorld
{
    public FakeState State { get; } = [];

    public HashSet<string> Silent { get; } = [];

    public HashSet<ClusterName> KeptOut { get; } = [];

    public Dictionary<string, string[]> Namespaces { get; } = [];

    public static ObjectId Id(string cluster, string name, string ns = "shop") => new(new ClusterName(cluster), ResourceKind.Service, ns, name);

    public void Add(string cluster, string name, string spec = "ports: [{port: 80}]", string ns = "shop") => State[Id(cluster, name, ns)] = new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns },
        ["spec"] = Yaml.Read($"{{{spec}, selector: {{app: x}}}}"),
    };

    public MirrorSnapshot See(MeshDocument mesh, FederationScope? scope = null, bool reversed = false)
    {
        var clusters = mesh.Clusters.Where(cluster => !Silent.Contains(cluster.Name.Value)).ToList();
        if (reversed)
            clusters.Reverse();
        return new MirrorSnapshot
        {
            Scope = scope ?? FederationScope.Everything,
            KeptOut = KeptOut,
            Clusters = clusters.ToDictionary(cluster => cluster.Name, cluster =>
            {
                var services = State.Where(entry => entry.Key.Cluster == cluster.Name).OrderBy(entry => entry.Key).Select(entry => (JsonObject)entry.Value.DeepClone()).ToList();
                if (reversed)
                    services.Reverse();
                return new MirrorView
                {
                    Mirrors = [.. services.Where(service => service.Label("isthmus.dev/mirror") is not null)],
                    Services = services,
                    Namespaces = [.. Namespaces.GetValueOrDefault(cluster.Name.Value, ["shop", "default", "kube-system"])
                        .Select(ns => new JsonObject { ["metadata"] = new JsonObject { ["name"] = ns } })],
                };
            }),
        };
    }

    public Plan Plan(MeshDocument mesh, FederationScope? scope = null, bool reversed = false) => MirrorPlanner.Plan(mesh, See(mesh, scope, reversed));

    public Plan Settle(MeshDocument mesh)
    {
        for (var round = 0; round < 5; round++)
        {
            var plan = Plan(mesh);
            if (!plan.HasWrites)
                return plan;
            State.Apply(plan);
        }

        throw new InvalidOperationException("it did not come to rest");
    }
}
