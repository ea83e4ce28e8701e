using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.Dns;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Federation;
using Isthmus.Core.Webhooks;
using Xunit;

namespace Isthmus.Core.Tests.Planning;

/// <summary>
/// What holds of every planner, for those that have no such tests of their own: after its plan is applied it plans nothing, the order of
/// what was seen does not matter, and nothing is deleted or replaced that does not carry the owner's label.
/// </summary>
public sealed class PlannerPropertyTests
{
    private const string Corefile = ".:53 {\n    errors\n    reload\n}\n";
    private static readonly string[] Owners = ["m", "other", ""];
    private static readonly WebhookSettings Settings = new() { BaseUrl = new Uri("https://isthmus.example.com/"), CaBundle = "PEM", Keys = [[1]] };

    private static readonly Gen<JsonObject> Configuration = Gen.Select(
        Choose.Among("isthmus-injector", "isthmus-changes", "isthmus-former", "istio-sidecar-injector"), Choose.Among(Owners), Gen.Int[0, 2],
        (name, owner, number) => Owned(owner, name, null, new JsonObject { ["webhooks"] = new JsonArray([.. Enumerable.Range(0, number).Select(at => (JsonNode)new JsonObject { ["name"] = $"w{at}.x" })]) }));

    private static readonly Gen<ClusterSetupSnapshot> Setup = Gen.Select(
        Choose.Among("m", "other", "", "none"), Configuration.List[0, 4], Configuration.List[0, 4],
        (owner, mutating, validating) => new ClusterSetupSnapshot(
            owner == "none" ? null : Owned(owner, "isthmus-system", null, []),
            [.. mutating.DistinctBy(found => found.Name())],
            [.. validating.DistinctBy(found => found.Name())]));

    private static readonly Gen<Dictionary<string, string>> Records =
        Gen.Dictionary(Choose.Among("a.n.global", "b.n.global", "a.m.global", "x-y.n.global", "p-0.a.n.global"), Gen.Int[1, 200].Select(number => $"240.0.0.{number}"))[0, 5];

    // A ConfigMap that others have written into, some of which is broken or belongs to another mesh.
    private static readonly Gen<JsonObject?> ConfigMap = Gen.Select(Choose.Among(Owners), Gen.Int[0, 4], (owner, shape) => shape switch
    {
        0 => null,
        1 => Owned(owner, "x", "kube-system", []),
        2 => Owned(owner, "x", "kube-system", new JsonObject { ["data"] = new JsonObject { ["Corefile"] = Corefile, ["theirs.server"] = "x:53 {\n}\n" } }),
        3 => Owned(owner, "x", "kube-system", new JsonObject { ["data"] = new JsonObject { ["Corefile"] = Corefile + "global:53 {\n}\n" } }),
        _ => Owned(owner, "x", "kube-system", new JsonObject { ["data"] = new JsonObject { ["Corefile"] = Corefile + "# BEGIN isthmus mesh other: kept\n# END isthmus\n" } }),
    });

    [Theory]
    [InlineData("active")]
    [InlineData("leaving")]
    public void Setup_comes_to_rest_in_any_order_and_leaves_what_is_not_ours(string state) => Setup.Sample(seen =>
    {
        var mesh = Mesh($"state: {state}");
        var plan = WebhookPlanner.Plan(mesh, mesh.Clusters[0], Settings, seen);
        var reversed = new ClusterSetupSnapshot(seen.Namespace, [.. seen.MutatingWebhooks.Reverse()], [.. seen.ValidatingWebhooks.Reverse()]);
        var after = State(mesh, seen);
        after.Apply(plan);
        return Text(plan) == Text(WebhookPlanner.Plan(mesh, mesh.Clusters[0], Settings, reversed))
            && TouchesOursOnly(plan)
            && !WebhookPlanner.Plan(mesh, mesh.Clusters[0], Settings, Seen(mesh, after)).HasWrites;
    }, iter: 300);

    [Theory]
    [InlineData("coredns")]
    [InlineData("coredns-custom")]
    public void Records_come_to_rest_in_any_order_and_no_map_of_others_is_deleted(string provider) => Gen.Select(ConfigMap, Records, Records).Sample((live, before, wanted) =>
    {
        var mesh = Mesh($"dns: {provider}");
        var start = After(Plan(mesh, live, before), live);
        var plan = Plan(mesh, start, wanted);
        var end = After(plan, start);
        return Text(plan) == Text(Plan(mesh, start, wanted.Reverse().ToDictionary()))
            && !plan.Actions.OfType<PlannedAction.Delete>().Any(action => !Ownership.IsOurs(action.Live, "m"))
            && !Plan(mesh, end, wanted).HasWrites
            && Others(end) == Others(live);
    }, iter: 500);

    [Fact]
    public void Gateways_health_is_planned_alike_in_any_order()
    {
        var mesh = FederationWorld.Parse(FederationWorld.DefaultDocument);
        Gen.Select(Choose.Among(Owners), Choose.Among(Owners), Choose.Among(Owners)).Sample((east, north, west) =>
        {
            var seen = new[] { ("east", east), ("north", north), ("west", west) }
                .Select(pair => KeyValuePair.Create(new ClusterName(pair.Item1), (JsonObject?)Owned(pair.Item2, "isthmus-gateways", "isthmus-system", []))).ToList();
            var plan = GatewayHealthPlanner.Plan(mesh, GatewayHealth.Unknown, seen.ToDictionary());
            return Text(plan) == Text(GatewayHealthPlanner.Plan(mesh, GatewayHealth.Unknown, Enumerable.Reverse(seen).ToDictionary())) && TouchesOursOnly(plan);
        });
    }

    private static bool TouchesOursOnly(Plan plan) => plan.Actions.All(action => action switch
    {
        PlannedAction.Delete delete => Ownership.IsOurs(delete.Live, "m"),
        PlannedAction.Replace replace => Ownership.IsOurs(replace.Live, "m"),
        _ => true,
    });

    private static FakeState State(MeshDocument mesh, ClusterSetupSnapshot seen)
    {
        var state = new FakeState();
        if (seen.Namespace is { } ns)
            state[WebhookPlanner.SystemNamespace(mesh.Clusters[0].Name)] = ns;
        foreach (var live in seen.MutatingWebhooks)
            state[new ObjectId(mesh.Clusters[0].Name, ResourceKind.MutatingWebhookConfiguration, null, live.Name())] = live;
        foreach (var live in seen.ValidatingWebhooks)
            state[new ObjectId(mesh.Clusters[0].Name, ResourceKind.ValidatingWebhookConfiguration, null, live.Name())] = live;
        return state;
    }

    private static ClusterSetupSnapshot Seen(MeshDocument mesh, FakeState state) => new(
        state.GetValueOrDefault(WebhookPlanner.SystemNamespace(mesh.Clusters[0].Name)),
        [.. state.Where(entry => entry.Key.Kind == ResourceKind.MutatingWebhookConfiguration).Select(entry => entry.Value)],
        [.. state.Where(entry => entry.Key.Kind == ResourceKind.ValidatingWebhookConfiguration).Select(entry => entry.Value)]);

    private static Plan Plan(MeshDocument mesh, JsonObject? live, Dictionary<string, string> wanted) =>
        new(DnsPlanner.Plan(mesh.Clusters[0], mesh, live, wanted, FederationScope.Everything));

    private static JsonObject? After(Plan plan, JsonObject? live)
    {
        foreach (var action in plan.Actions)
        {
            live = action switch
            {
                PlannedAction.Create create => (JsonObject)create.Content.DeepClone(),
                PlannedAction.Replace replace => (JsonObject)replace.Content.DeepClone(),
                PlannedAction.Delete => null,
                _ => live,
            };
        }

        return live;
    }

    /// <summary>What stands in a ConfigMap beside ours.</summary>
    private static string Others(JsonObject? configMap) => ObjectMetadata.TextOf(configMap?["data"]?["theirs.server"]) ?? "";

    private static string Text(Plan plan) => string.Join('\n', plan.Actions.Select(action => action switch
    {
        PlannedAction.Create create => $"{create.Id} {create.Content.ToJsonString()}",
        PlannedAction.Replace replace => $"{replace.Id} {replace.Content.ToJsonString()}",
        PlannedAction.Skipped skipped => $"{skipped.Id} {skipped.Reason}",
        _ => $"{action.Id} {action.GetType().Name}",
    }));

    private static JsonObject Owned(string owner, string name, string? ns, JsonObject content)
    {
        content["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = ns,
            ["labels"] = owner.Length == 0 ? [] : new JsonObject { [Ownership.ManagedByLabel] = Ownership.ManagedByValue, [Ownership.MeshLabel] = owner },
        };
        return content;
    }

    private static MeshDocument Mesh(string cluster) => FederationWorld.Parse($$"""
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: m}
        spec:
          clusters:
          - {name: east, network: n, access: {kubeconfig: k}, {{cluster}}}
        """);
}
