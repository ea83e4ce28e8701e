using System.Text.Json.Nodes;
using BenchmarkDotNet.Attributes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Benchmarks.Federation;

/// <summary>A full plan in memory, where nothing is to be done: observe is done, apply has nothing to do.</summary>
[MemoryDiagnoser]
[SimpleJob(warmupCount: 1, iterationCount: 3)]
public class PlanBenchmarks
{
    private const int ExportsOfCluster = 4;

    private MeshDocument? _mesh;
    private FederationSnapshot? _settled;

    [Params(20, 160)]
    public int Clusters { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _mesh = MeshDocument.Parse(BenchMesh.Document(Clusters)).Document ?? throw new InvalidOperationException("The document is not valid.");
        var sources = _mesh.Clusters.Select((cluster, index) => (cluster.Name, Snapshot: Sources(index))).ToDictionary(pair => pair.Name, pair => pair.Snapshot);
        var state = new Dictionary<ObjectId, JsonObject>();
        var current = sources;
        for (var round = 0; round < 4; round++)
        {
            var plan = FederationPlanner.Plan(_mesh, Snapshot(current)).Plan;
            if (!plan.HasWrites)
                break;
            foreach (var action in plan.Actions)
                state[action.Id] = action switch { PlannedAction.Create create => create.Content, PlannedAction.Replace replace => replace.Content, _ => state.GetValueOrDefault(action.Id) ?? [] };
            current = sources.ToDictionary(entry => entry.Key, entry => WithState(entry.Key, entry.Value, state));
        }

        _settled = Snapshot(current);
        if (FederationPlanner.Plan(_mesh, _settled).Plan.HasWrites)
            throw new InvalidOperationException("The mesh does not come to rest.");
    }

    [Benchmark]
    public Plan FullPlan() => FederationPlanner.Plan(_mesh ?? throw new InvalidOperationException(), _settled ?? throw new InvalidOperationException()).Plan;

    private static FederationSnapshot Snapshot(Dictionary<ClusterName, ClusterSnapshot> clusters) =>
        new() { Scope = FederationScope.Everything, Clusters = clusters, Now = new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero) };

    private static ClusterSnapshot Sources(int cluster)
    {
        var objects = BenchMesh.Objects(cluster, 10 * ExportsOfCluster, ExportsOfCluster).ToLookup(obj => ObjectMetadata.TextOf(obj["kind"]));
        return new ClusterSnapshot
        {
            Services = [.. objects["Service"].Where(FederationNames.IsExported)],
            Pods = [.. objects["Pod"]],
            EndpointSlices = [.. objects["EndpointSlice"].Where(slice => slice.Label(FederationNames.ExportLabel) == "true")],
            DnsConfigMap = objects["ConfigMap"].Single(),
        };
    }

    private static ClusterSnapshot WithState(ClusterName cluster, ClusterSnapshot seen, Dictionary<ObjectId, JsonObject> state)
    {
        var mine = state.Where(entry => entry.Key.Cluster == cluster).ToLookup(entry => entry.Key.Kind, entry => entry.Value);
        return new ClusterSnapshot
        {
            ServiceEntries = new PackedObjects(mine[ResourceKind.ServiceEntry].Select(PackedObject.Of)),
            DestinationRules = new PackedObjects(mine[ResourceKind.DestinationRule].Select(PackedObject.Of)),
            Gateways = [.. mine[ResourceKind.Gateway]],
            Services = [.. mine[ResourceKind.Service]],
            Pods = seen.Pods,
            EndpointSlices = seen.EndpointSlices,
            DnsConfigMap = mine[ResourceKind.ConfigMap].SingleOrDefault() ?? seen.DnsConfigMap,
        };
    }
}
