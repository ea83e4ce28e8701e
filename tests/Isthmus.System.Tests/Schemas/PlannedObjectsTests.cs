using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Tests.Federation;
using Xunit;

namespace Isthmus.System.Tests.Schemas;

/// <summary>Whatever happens in a mesh, what is planned of Istio's kinds is valid by Istio's own definitions, and nothing of it is pruned.</summary>
public sealed class PlannedObjectsTests
{
    private static readonly string[] Clusters = ["east", "north", "west"];
    private static readonly string[] Traffic = ["proportional", "failover", "active-passive", "nonsense"];
    private static readonly string[] Losses = ["keep", "withdraw", "withdraw-if-elsewhere"];

    private static readonly string[] Ports =
    [
        """[{"name":"http","port":80}]""", """[{"port":8080}]""", """[{"name":"web","port":80,"appProtocol":"kubernetes.io/h2c"},{"name":"udp-x","port":81}]""",
        """[{"name":"grpc-web","port":80},{"name":"mongo","port":81},{"name":"redis","port":82},{"name":"mysql","port":83},{"name":"tls","port":84},{"name":"https","port":85}]""",
        """[{"name":"dns","port":53,"protocol":"UDP"},{"name":"dns-tcp","port":53}]""",
        $$"""[{"name":"{{new string('n', 63)}}","port":65535},{"name":"a","port":1,"appProtocol":"http_proxy"}]""",
    ];

    private static readonly string[] Metadata =
        ["{}", """{"exportedLabels":{"team":"a","bad key":"b","k":"not a value"}}""", """{"exportedAnnotations":{"networking.istio.io/traffic-distribution":"PreferClose"}}"""];

    // The document in several shapes: regions, a cluster that drains, gateways of both families and with a name, a narrow range, another domain.
    private static readonly Func<string, string>[] Documents =
    [
        document => document,
        document => document.Replace("network: n-north,", "network: n-north, region: eu/eu-2, draining: true,", StringComparison.Ordinal),
        document => document.Replace("[1.1.1.1]", "[1.1.1.1, \"2001:db8::1\", \"9.9.9.9:443\"]", StringComparison.Ordinal),
        document => document.Replace("network: n-west,", "network: n-west, controlPlane: east,", StringComparison.Ordinal),
        document => document.Replace("mayExport:", "domain: mesh.example\n  mayExport:", StringComparison.Ordinal),
    ];

    private static readonly Gen<Action<FederationWorld>> Event = Gen.Select(
        Gen.Int[0, 8], Gen.Int[0, 2].Select(at => Clusters[at]), Gen.Int[0, 2].Select(at => $"s{at}"), Gen.Int[0, 30], (what, cluster, name, number) => (Action<FederationWorld>)(world =>
        {
            switch (what)
            {
                case 0 or 1:
                    world.Export(cluster, "shop", name, Ports[number % Ports.Length]);
                    break;
                case 2:
                    world.Export(cluster, "shop", name);
                    Annotate(world, cluster, name, FederationNames.TrafficAnnotation, Traffic[number % Traffic.Length]);
                    break;
                case 3:
                    world.Export(cluster, "shop", name);
                    Annotate(world, cluster, name, FederationNames.OnLossAnnotation, Losses[number % Losses.Length]);
                    break;
                case 4:
                    world.Ready(cluster, "shop", name, number);
                    break;
                case 5:
                    world.Pod(cluster, "shop", name, $"account-{number}");
                    break;
                case 6:
                    world.Headless(cluster, "shop", name, [.. Enumerable.Range(0, number % 3).Select(index => $"{name}-{index}")]);
                    break;
                case 7:
                    world.Service(cluster, "shop", name);
                    world.Declare(cluster, "shop", name, number, exportTo: number % 4 == 0 ? "east,west" : null);
                    world.Get(cluster, ResourceKind.ServiceExport, "shop", name)["spec"] = JsonNode.Parse(Metadata[number % Metadata.Length]);
                    break;
                default:
                    if (!world.Silent.Remove(cluster))
                        world.Silent.Add(cluster);
                    break;
            }
        }));

    [Fact]
    public void Every_object_of_every_history_is_valid_and_whole()
    {
        if (IstioSchema.Shared() is not { } schema)
        {
            Assert.Skip("the shared folder with Istio's definitions is not beside the checkout");
            return;
        }

        var count = 0;
        Gen.Select(Gen.Int[0, Documents.Length - 1], Event.List[1, 20]).Sample((document, history) =>
        {
            var world = new FederationWorld(Documents[document](FederationWorld.DefaultDocument));
            foreach (var step in history)
            {
                step(world);
                world.Now = world.Now.AddSeconds(1);
            }

            world.Run();
            var written = world.State.Values.Where(schema.Has).ToList();
            Interlocked.Add(ref count, written.Count);
            var faults = written.SelectMany(obj => schema.Faults(obj).Select(fault => $"{obj["kind"]} {obj.Name()}: {fault}")).ToList();
            Assert.True(faults.Count == 0, string.Join('\n', faults));
            return !world.Plan().HasWrites;
        }, iter: 60);
        Assert.True(count > 100, $"{count} objects were looked at");
    }

    private static void Annotate(FederationWorld world, string cluster, string name, string key, string value)
    {
        var service = world.Get(cluster, ResourceKind.Service, "shop", name);
        if (service["metadata"] is JsonObject metadata)
            metadata["annotations"] = new JsonObject { [key] = value };
    }
}
