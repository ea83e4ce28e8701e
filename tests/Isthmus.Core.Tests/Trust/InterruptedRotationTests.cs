using Isthmus.Core.Mesh;
using Isthmus.Core.Trust;
using Xunit;

namespace Isthmus.Core.Tests.Trust;

/// <summary>Rotations that something comes between, at every point, with a runner that dies after every write in turn.</summary>
public sealed class InterruptedRotationTests
{
    private const int Rounds = 7;
    private static readonly ClusterName East = TrustWorld.East;

    /// <summary>The rounds after which something happens: before (a), in (a), in (b), in (c), and when all is over.</summary>
    public static TheoryData<int> Points => [0, 1, 2, 3, 4];

    [Theory]
    [MemberData(nameof(Points))]
    public void A_cluster_that_joins_in_between_and_never_ran_breaks_no_pair(int point) => EachDeath((world, runner) =>
    {
        world.Forget(East);
        Begin(world, runner);
        for (var round = 0; round < Rounds; round++)
        {
            if (round == point)
            {
                world.Join(East, isSelfSigned: false);
                runner.Run();
            }

            runner.Round();
        }

        Ends(world, "done");
    });

    [Theory]
    [MemberData(nameof(Points))]
    public void A_self_signed_cluster_that_joins_in_between_breaks_no_pair_of_the_others_and_comes_over(int point) => EachDeath((world, runner) =>
    {
        world.Forget(East);
        Begin(world, runner);
        runner.Apart.Add(East);
        for (var round = 0; round < Rounds; round++)
        {
            if (round == point)
            {
                world.Join(East, isSelfSigned: true);
                runner.Run();
                // The explicit step: its istiod starts again, with what is in its Secret by then.
                world.Istiods[East].Restart(world.Secret(East), world.Now);
                runner.Check();
            }

            runner.Round();
        }

        if (world.Status() is { IsRotating: false } && !SameRoots(world))
            world.Run(world.Rotate());
        world.Finish(runner.Check);
        runner.Apart.Clear();
        runner.Check();
        Assert.False(world.Plan().HasWrites);
    });

    [Theory]
    [MemberData(nameof(Points))]
    public void A_lost_cluster_that_is_given_up_holds_nobody_up_and_comes_over_when_it_is_back(int point) => EachDeath((world, runner) =>
    {
        Begin(world, runner);
        for (var round = 0; round < Rounds; round++)
        {
            if (round == point)
                world.Silent.Add(East);
            if (round == point + 1)
            {
                runner.Apart.Add(East);
                var order = world.Rotate(East);
                runner.Run(order);
                // Whoever gave the order sees that it was cut off, and gives it again.
                if (order is not null && !world.Status().Without.Contains("east"))
                    runner.Run(world.Rotate(East));
            }

            runner.Round();
        }

        Assert.All(world.Clusters.Where(cluster => cluster != East), cluster => Assert.Equal("done", world.Stage(cluster)));
        world.Silent.Clear();
        runner.Run();
        for (var round = 0; round < Rounds; round++)
            runner.Round();
        Ends(world, "done");
        runner.Apart.Clear();
        runner.Check();
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void An_abort_out_of_either_stage_waits_for_what_was_issued_and_ends_with_the_old_bytes(int point) => EachDeath((world, runner) =>
    {
        Begin(world, runner);
        for (var round = 0; round < Rounds; round++)
        {
            if (round == point)
            {
                runner.Run(world.Abort());
                if (!world.Status().Stage.Equals("aborting", StringComparison.Ordinal))
                    runner.Run(world.Abort());
            }

            runner.Round();
        }

        Ends(world, "aborted");
        Assert.All(world.Clusters, cluster => Assert.Equal(TrustWorld.Old.RootCert, ModelIstiod.Read(world.Secret(cluster) ?? []).Root));
    });

    [Fact]
    public void An_abort_out_of_signing_waits_a_whole_life_after_the_last_istiod_has_loaded_it() => EachDeath((world, runner) =>
    {
        Begin(world, runner);
        runner.Round();
        Assert.Contains("sign-new", world.Clusters.Select(world.Stage));
        foreach (var cluster in world.Clusters)
            world.Settle(cluster);
        runner.Run(world.Abort());
        runner.Run(world.Abort());
        foreach (var cluster in world.Clusters)
        {
            world.Settle(cluster);
            runner.Run();
        }

        world.Now += TrustWorld.Lifetime - TimeSpan.FromSeconds(1);
        runner.Run();
        Assert.All(world.Clusters, cluster => Assert.NotEqual("aborted", world.Stage(cluster)));
        world.Now += TimeSpan.FromSeconds(1);
        runner.Run();
        runner.Run();
        Assert.All(world.Clusters, cluster => Assert.Equal("aborted", world.Stage(cluster)));
    });

    private static void Begin(TrustWorld world, DyingRunner runner)
    {
        runner.Run(world.Rotate());
        // Dead before its first write: nothing was begun, and the user says it again.
        if (world.Rotate() is { } again)
            runner.Run(again);
    }

    private static bool SameRoots(TrustWorld world) => world.Clusters.Select(cluster => ModelIstiod.Read(world.Secret(cluster) ?? []).Root).Distinct().Count() == 1;

    private static void Ends(TrustWorld world, string stage)
    {
        Assert.All(world.Clusters, cluster => Assert.True(world.Stage(cluster) is not { } held || held == stage, $"{cluster}: {world.Stage(cluster)}"));
        Assert.True(SameRoots(world));
        Assert.False(world.Plan().HasWrites);
    }

    /// <summary>Once for each write after which the runner may die, and once without.</summary>
    private static void EachDeath(Action<TrustWorld, DyingRunner> play)
    {
        for (var writes = 0; ; writes++)
        {
            var world = new TrustWorld();
            var runner = new DyingRunner(world, writes);
            play(world, runner);
            if (!runner.HasDied)
            {
                Assert.True(writes > 4, $"only {writes} deaths were tried");
                return;
            }
        }
    }
}
