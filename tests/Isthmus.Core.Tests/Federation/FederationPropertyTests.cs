using CsCheck;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Federation;

public sealed class FederationPropertyTests
{
    private static readonly string[] Clusters = ["east", "north", "west"];
    private static readonly string[] Services = ["a", "b", "c"];
    private static readonly string[] Namespaces = ["shop", "bank", "forbidden"];
    private static readonly string[] Ports = ["""[{"name":"http","port":80}]""", """[{"port":80}]""", """[{"name":"grpc-x","port":80},{"name":"tcp","port":81}]"""];

    // One thing that happens in the mesh: somebody exports, unexports, or runs pods; or a cluster falls silent or speaks again.
    private static readonly Gen<Action<FederationWorld>> Event = Gen.Int[0, 7].Select(
        Choose.Among(Clusters), Choose.Among(Namespaces), Choose.Among(Services), Gen.Int[0, 2], (what, cluster, ns, name, number) => (Action<FederationWorld>)(world =>
        {
            switch (what)
            {
                case 0 or 1:
                    world.Export(cluster, ns, name, Ports[number]);
                    break;
                case 2:
                    if (world.State.TryGetValue(FederationWorld.Id(cluster, ResourceKind.Service, ns, name), out var service) && FederationNames.IsExported(service))
                        world.Unexport(cluster, ns, name);
                    break;
                case 3:
                    world.Pod(cluster, ns, name, $"sa-{number}", $"{number}");
                    break;
                case 4:
                    world.Ready(cluster, ns, name, number);
                    break;
                case 5:
                    world.Headless(cluster, ns, name, [.. Enumerable.Range(0, number).Select(index => $"pod-{index}")]);
                    break;
                case 6:
                    world.Service(cluster, ns, name);
                    world.Declare(cluster, ns, name, number);
                    break;
                default:
                    if (!world.Silent.Remove(cluster))
                        world.Silent.Add(cluster);
                    break;
            }
        }));

    private static readonly Gen<List<Action<FederationWorld>>> History = Event.List[1, 25];

    [Fact]
    public void After_applying_a_plan_there_is_nothing_left_to_plan() => History.Sample(history =>
    {
        var world = Play(history);
        world.Run();
        return !world.Plan().HasWrites;
    }, iter: 500);

    [Fact]
    public void A_run_for_each_name_comes_to_the_same_end_as_a_run_for_all() => History.Sample(history =>
    {
        var (whole, single) = (Play(history), Play(history));
        whole.Run();
        foreach (var name in Namespaces.SelectMany(ns => Services.Select(service => new ServiceName(ns, service))).Reverse())
            single.Run(name);
        return whole.Ours() == single.Ours();
    }, iter: 300);

    [Fact]
    public void The_order_of_what_is_seen_does_not_matter() => History.Sample(history =>
    {
        var world = Play(history);
        var reversed = new FakeState();
        foreach (var (id, obj) in world.State.Reverse())
            reversed[id] = obj;
        var mirror = new FederationWorld { State = reversed, Mesh = world.Mesh, Now = world.Now };
        mirror.Silent.UnionWith(world.Silent);
        return Text(world.Plan()) == Text(mirror.Plan());
    }, iter: 300);

    [Fact]
    public void Nothing_is_ever_deleted_that_is_not_ours_and_no_foreign_object_is_changed_but_in_our_part() => History.Sample(history =>
    {
        var world = Play(history);
        foreach (var action in world.Plan().Actions)
        {
            var isOurs = action is PlannedAction.Create || Ownership.IsOurs(world.State[action.Id], "m");
            if (action is PlannedAction.Delete or PlannedAction.Replace && !isOurs
                && !(action is PlannedAction.Replace && (action.Id.Kind == ResourceKind.Service || action.Id.Kind == ResourceKind.ServiceExport || action.Id.Kind == ResourceKind.ConfigMap)))
                return false;
        }

        return true;
    }, iter: 300);

    [Fact]
    public void No_two_names_hold_one_address() => History.Sample(history =>
    {
        var world = new FederationWorld(FederationWorld.DefaultDocument.Replace("mayExport:", "addressRange: 240.0.0.0/28\n  mayExport:", StringComparison.Ordinal));
        foreach (var step in history)
        {
            step(world);
            world.Run();
        }

        world.Silent.Clear();
        world.Run();
        var held = world.State.Where(entry => entry.Key.Kind == ResourceKind.ServiceEntry)
            .Select(entry => (entry.Key.Name, Address: entry.Value.Label(FederationNames.AddressLabel))).Distinct().ToList();
        return held.Select(entry => entry.Address).Distinct().Count() == held.Count
            && held.Select(entry => entry.Name).Distinct().Count() == held.Count;
    }, iter: 200);

    private static FederationWorld Play(IEnumerable<Action<FederationWorld>> history)
    {
        var world = new FederationWorld();
        foreach (var step in history)
        {
            step(world);
            world.Now = world.Now.AddSeconds(1);
        }

        return world;
    }

    private static string Text(Plan plan) => string.Join('\n', plan.Actions.Select(action => action switch
    {
        PlannedAction.Create create => $"{create.Id} {create.Content.ToJsonString()}",
        PlannedAction.Replace replace => $"{replace.Id} {replace.Content.ToJsonString()}",
        _ => $"{action.Id} {action.GetType().Name}",
    }));
}
