using CsCheck;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Planning;
using Isthmus.Core.Trust;
using Xunit;

namespace Isthmus.Core.Tests.Trust;

public sealed class TrustPropertyTests
{
    private static readonly string[] Clusters = ["east", "north", "west"];

    // One thing that happens: time passes, a runner runs or dies, a slow one writes what it planned long ago, a cluster falls
    // silent, istiod mounts, loads or publishes, or a user rotates or aborts.
    private static readonly Gen<Action<TrustWorld, Slow>> Event = Gen.Int[0, 13].Select(
        Choose.Among(Clusters), Gen.Int[1, 30], Gen.Int[0, 4], (what, name, hours, number) => (Action<TrustWorld, Slow>)((world, slow) =>
        {
            var cluster = new Isthmus.Core.Mesh.ClusterName(name);
            switch (what)
            {
                case 0 or 1:
                    world.Now += TimeSpan.FromHours(hours);
                    break;
                case 2 or 3:
                    world.Run();
                    break;
                case 4:
                    world.Run(diesAfter: number);
                    break;
                case 5:
                    slow.Plan = world.Plan();
                    break;
                case 6:
                    foreach (var action in slow.Plan.Actions.Where(action => action.IsWrite).Skip(number))
                        world.Apply(action);
                    break;
                case 7:
                    if (!world.Silent.Remove(cluster))
                        world.Silent.Add(cluster);
                    break;
                case 8:
                    world.Istiods[cluster].Mount(world.Secret(cluster));
                    break;
                case 9:
                    world.Istiods[cluster].Load(world.Now);
                    break;
                case 10:
                    world.Istiods[cluster].Publish();
                    break;
                case 11:
                    foreach (var one in world.Clusters)
                        world.Settle(one);
                    break;
                case 12:
                    if (world.Rotate() is { } rotate)
                        world.Run(rotate, number);
                    break;
                default:
                    if (hours < 8 && world.Abort() is { } abort)
                        world.Run(abort, number);
                    break;
            }
        }));

    private static readonly Gen<List<Action<TrustWorld, Slow>>> History = Event.List[1, 60];

    [Fact]
    public void Whatever_happens_in_whatever_order_all_workloads_accept_each_other_at_every_instant() => History.Sample(history =>
    {
        var world = new TrustWorld();
        var slow = new Slow();
        foreach (var step in history)
        {
            step(world, slow);
            if (world.Broken() is not null)
                return false;
        }

        var broken = false;
        world.Finish(() => broken |= world.Broken() is not null);
        return !broken && !world.Status().IsRotating;
    }, iter: 400);

    [Fact]
    public void After_applying_a_plan_there_is_nothing_left_to_plan() => History.Sample(history =>
    {
        var world = Play(history);
        world.Run();
        return !world.Plan().HasWrites;
    }, iter: 100);

    [Fact]
    public void The_order_of_what_is_seen_does_not_matter() => History.Sample(history =>
    {
        var world = Play(history);
        var seen = world.See();
        var reversed = seen with { Clusters = seen.Clusters.Reverse().ToDictionary(one => one.Key, one => one.Value) };
        return Text(TrustPlanner.Plan(world.Mesh, world.Trust, seen)) == Text(TrustPlanner.Plan(world.Mesh, world.Trust, reversed));
    }, iter: 100);

    [Fact]
    public void Nothing_is_ever_deleted() => History.Sample(history => !Play(history).Plan().Actions.Any(action => action is PlannedAction.Delete), iter: 100);

    private static TrustWorld Play(IEnumerable<Action<TrustWorld, Slow>> history)
    {
        var world = new TrustWorld();
        var slow = new Slow();
        foreach (var step in history)
            step(world, slow);
        return world;
    }

    private static string Text(Plan plan) => string.Join('\n', plan.Actions.Select(action => action switch
    {
        PlannedAction.Create create => $"{create.Id} {create.Content.ToJsonString()}",
        PlannedAction.Replace replace => $"{replace.Id} {replace.Content.ToJsonString()}",
        _ => $"{action}",
    }));

    /// <summary>A runner that planned some time ago and has not written yet.</summary>
    private sealed class Slow
    {
        public Plan Plan { get; set; } = Plan.Empty;
    }
}
