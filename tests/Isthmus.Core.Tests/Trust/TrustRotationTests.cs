using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Trust;
using Xunit;

namespace Isthmus.Core.Tests.Trust;

public sealed class TrustRotationTests
{
    private static readonly string Union = TrustWorld.Old.RootCert + "\n" + TrustWorld.New.RootCert;

    [Fact]
    public void Another_root_in_the_vault_waits_for_a_user_and_then_comes_in_by_stages()
    {
        var world = new TrustWorld();
        Assert.False(world.Plan().HasWrites);
        Assert.True(world.Status().HasNewRoot);
        world.Run(world.Rotate());
        foreach (var cluster in world.Clusters)
        {
            Assert.Equal(Union, File(world, cluster, "root-cert.pem"));
            Assert.Equal(TrustWorld.Old.CaCert, File(world, cluster, "ca-cert.pem"));
        }

        Advance(world);
        Assert.Equal("sign-new", world.Stage(TrustWorld.East));
        Assert.Equal(TrustWorld.New.CaCert, File(world, TrustWorld.East, "ca-cert.pem"));
        // istiod publishes roots and no CA: the empty line is how it tells that it loaded this stage.
        Assert.Equal(Union + "\n", File(world, TrustWorld.East, "root-cert.pem"));
        Advance(world);
        foreach (var cluster in world.Clusters)
        {
            Assert.Equal("done", world.Stage(cluster));
            Assert.Equal(TrustWorld.New.RootCert, File(world, cluster, "root-cert.pem"));
            Assert.Equal(4, Assert.IsType<JsonObject>(world.Secret(cluster)?["data"]).Count);
        }

        Assert.False(world.Plan().HasWrites);
        Assert.False(world.Status().HasNewRoot);
    }

    [Fact]
    public void A_runner_that_dies_after_any_write_breaks_no_pair_of_workloads()
    {
        var total = 0;
        for (var writes = 0; writes <= total; writes++)
        {
            var world = new TrustWorld();
            var left = writes;
            Limited(world, world.Rotate());
            for (var round = 0; round < 6; round++)
            {
                foreach (var cluster in world.Clusters)
                {
                    Holds(world);
                    world.Settle(cluster);
                    Limited(world, null);
                }

                world.Now += TrustWorld.Lifetime;
                Holds(world);
                Limited(world, null);
            }

            // A start that died before its first write never was.
            if (world.Status() is { HasNewRoot: true, IsRotating: false })
                world.Run(world.Rotate());
            world.Finish(() => Holds(world));
            Assert.All(world.Clusters, cluster => Assert.Equal("done", world.Stage(cluster)));
            total = Math.Max(total, 20);

            void Limited(TrustWorld target, TrustOrder? order)
            {
                left -= target.Run(order, Math.Max(0, left));
                Holds(target);
                if (left == 0)
                {
                    // Dead: time passes, istiods load what there is; then another runner comes.
                    target.Now += TimeSpan.FromHours(30);
                    Holds(target);
                    left = int.MaxValue;
                }
            }
        }
    }

    [Fact]
    public void One_line_tells_the_stage_who_is_missing_and_until_when()
    {
        var world = new TrustWorld();
        Assert.Equal("no rotation under way; the vault has a CA under another root ('isthmus trust rotate')", TrustSummary.Line(world.Status()));
        world.Run(world.Rotate());
        Assert.Equal("rotation 1, stage trust-both; waits for east, north, west", TrustSummary.Line(world.Status()));
        foreach (var cluster in world.Clusters)
            world.Settle(cluster);
        world.Run();
        Assert.Equal("rotation 1, stage trust-both; waits for east, north, west, until 2026-11-24 12:00:00Z at least", TrustSummary.Line(world.Status()));
        world.Silent.Add(TrustWorld.East);
        world.Run(world.Rotate(TrustWorld.East));
        Assert.Contains("given up: east", TrustSummary.Line(world.Status()), StringComparison.Ordinal);
    }

    [Fact]
    public void The_next_stage_waits_for_every_istiod_and_for_the_longest_life_of_a_certificate()
    {
        var world = new TrustWorld();
        world.Run(world.Rotate());
        foreach (var cluster in world.Clusters.Skip(1))
            world.Settle(cluster);
        world.Run();
        world.Now += 10 * TrustWorld.Lifetime;
        world.Run();
        Assert.All(world.Clusters, cluster => Assert.Equal("trust-both", world.Stage(cluster)));
        Assert.Equal([TrustWorld.East], world.Status().Missing.Select(cluster => cluster.Cluster));
        world.Settle(TrustWorld.East);
        world.Run();
        world.Now += TrustWorld.Lifetime - TimeSpan.FromSeconds(1);
        Assert.False(world.Plan().HasWrites);
        world.Now += TimeSpan.FromSeconds(1);
        world.Run();
        Assert.All(world.Clusters, cluster => Assert.Equal("sign-new", world.Stage(cluster)));
    }

    [Fact]
    public void Restarted_workloads_need_not_be_waited_for_once_istiod_has_loaded()
    {
        var world = new TrustWorld();
        world.Run(world.Rotate());
        Assert.Contains("has not loaded", TrustOrders.State(world.Mesh, world.Trust, world.See(), TrustClaim.WorkloadsRestarted).Refusal, StringComparison.Ordinal);
        foreach (var cluster in world.Clusters)
            world.Settle(cluster);
        world.Run();
        world.Now += TimeSpan.FromMinutes(1);
        world.Run(TrustOrders.State(world.Mesh, world.Trust, world.See(), TrustClaim.WorkloadsRestarted).Order);
        Assert.All(world.Clusters, cluster => Assert.Equal("sign-new", world.Stage(cluster)));
        Assert.NotNull(TrustOrders.State(world.Mesh, world.Trust, world.See(), TrustClaim.RootsArePushed).Refusal);
    }

    [Fact]
    public void An_istiod_that_ignores_other_roots_holds_the_stage_and_is_told_of()
    {
        var world = new TrustWorld();
        world.Istiods[TrustWorld.East].MultiRoot = false;
        world.Run(world.Rotate());
        Advance(world);
        Advance(world);
        Assert.All(world.Clusters, cluster => Assert.Equal("trust-both", world.Stage(cluster)));
        Assert.Contains("ISTIO_MULTIROOT_MESH", Assert.Single(world.Status().Missing).Waits, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.24.4")]
    [InlineData("1.25.1")]
    public void An_istiod_that_hands_out_only_one_of_several_roots_is_given_no_second_one(string version)
    {
        var world = new TrustWorld();
        world.Versions[TrustWorld.East] = Version(version);
        Assert.Contains(version, TrustOrders.Rotate(world.Mesh, world.Trust, world.See(), []).Refusal, StringComparison.Ordinal);
        // Given up or not: its workloads would trust the new root alone, and lose each other.
        world.Run(world.Rotate(TrustWorld.East));
        Assert.Equal(TrustWorld.Old.RootCert, File(world, TrustWorld.East, "root-cert.pem"));
        Assert.Equal("trust-both", world.Stage(new ClusterName("west")));
        Holds(world);
        world.Versions[TrustWorld.East] = Version("1.25.2");
        world.Run();
        Assert.Equal(Union, File(world, TrustWorld.East, "root-cert.pem"));
    }

    [Fact]
    public void An_istiod_that_comes_to_hand_out_only_one_root_holds_the_stage()
    {
        var world = new TrustWorld();
        world.Run(world.Rotate());
        world.Versions[TrustWorld.East] = Version("1.25.1");
        Advance(world);
        Assert.All(world.Clusters, cluster => Assert.Equal("trust-both", world.Stage(cluster)));
        Assert.Contains("1.25.1", Assert.Single(world.Status().Missing).Waits, StringComparison.Ordinal);
    }

    [Fact]
    public void One_istiod_of_several_that_ignores_other_roots_holds_the_stage()
    {
        var world = new TrustWorld();
        world.Canaries[TrustWorld.East] = [new TrustIstiod("istiod-canary", null, IsMultiRoot: false)];
        world.Run(world.Rotate());
        Advance(world);
        Assert.All(world.Clusters, cluster => Assert.Equal("trust-both", world.Stage(cluster)));
        Assert.Contains("istiod-canary", Assert.Single(world.Status().Missing).Waits, StringComparison.Ordinal);
        world.Canaries.Clear();
        Advance(world);
        Assert.All(world.Clusters, cluster => Assert.Equal("sign-new", world.Stage(cluster)));
    }

    [Fact]
    public void One_unreachable_cluster_stops_the_stage_until_it_is_given_up()
    {
        var world = new TrustWorld();
        world.Run(world.Rotate());
        Advance(world, run: false);
        world.Silent.Add(TrustWorld.East);
        world.Run();
        Assert.Equal("trust-both", world.Stage(new ClusterName("west")));
        Assert.Contains("--without", Assert.Single(world.Status().Missing).Waits, StringComparison.Ordinal);
        world.Run(world.Rotate(TrustWorld.East));
        Assert.Equal("sign-new", world.Stage(new ClusterName("west")));
        Assert.Equal(["east"], world.Status().Without);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_abort_leads_back_to_the_old_bytes(bool outOfSigning)
    {
        var world = new TrustWorld();
        world.Run(world.Rotate());
        if (outOfSigning)
            Advance(world);
        Assert.Equal(outOfSigning ? "sign-new" : "trust-both", world.Stage(TrustWorld.East));
        world.Run(world.Abort());
        Holds(world);
        if (outOfSigning)
        {
            // What the new CA signed lives on for a while.
            Assert.Equal("sign-old", world.Stage(TrustWorld.East));
            foreach (var cluster in world.Clusters)
                world.Settle(cluster);
            world.Run();
            world.Now += TrustWorld.Lifetime - TimeSpan.FromSeconds(1);
            Assert.False(world.Plan().HasWrites);
            world.Now += TimeSpan.FromSeconds(1);
            world.Run();
        }

        foreach (var cluster in world.Clusters)
        {
            Assert.Equal("aborted", world.Stage(cluster));
            Assert.Equal(TrustWorld.Old.RootCert, File(world, cluster, "root-cert.pem"));
            Assert.Equal(TrustWorld.Old.CaCert, File(world, cluster, "ca-cert.pem"));
        }

        Assert.False(world.Plan().HasWrites);
        foreach (var cluster in world.Clusters)
            world.Settle(cluster);
        Assert.Contains("ten minutes", TrustOrders.Rotate(world.Mesh, world.Trust, world.See(), []).Refusal, StringComparison.Ordinal);
        world.Now += TimeSpan.FromMinutes(11);
        Assert.NotNull(world.Rotate());
    }

    [Fact]
    public void There_is_no_way_back_once_a_cluster_trusts_the_new_root_alone()
    {
        var world = new TrustWorld();
        world.Run(world.Rotate());
        Advance(world);
        Advance(world, run: false);
        world.Run(diesAfter: 1);
        Assert.Contains("too late", TrustOrders.Abort(world.Mesh, world.Trust, world.See()).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_slow_run_that_still_drops_the_old_root_wins_over_an_abort_that_has_not_reached_every_cluster()
    {
        var world = new TrustWorld();
        world.Run(world.Rotate());
        Advance(world);
        Advance(world, run: false);
        var slow = world.Plan();
        world.Run(world.Abort(), diesAfter: 1);
        world.Run(diesAfter: 1);
        Assert.Equal(1, slow.Actions.Count(world.Apply));
        world.Finish(() => Holds(world));
        Assert.All(world.Clusters, cluster => Assert.Equal("done", world.Stage(cluster)));
    }

    [Fact]
    public void A_cluster_that_joins_in_between_gets_the_present_stage()
    {
        var world = new TrustWorld();
        world.Put(TrustWorld.East, null);
        world.Istiods[TrustWorld.East] = new ModelIstiod(TrustWorld.Lifetime);
        world.Silent.Add(TrustWorld.East);
        world.Run(world.Rotate(TrustWorld.East));
        world.Silent.Clear();
        world.Run();
        Assert.Equal("trust-both", world.Stage(TrustWorld.East));
        Assert.Equal(TrustWorld.Old.CaCert, File(world, TrustWorld.East, "ca-cert.pem"));
        world.Finish(() => Holds(world));
        Assert.All(world.Clusters, cluster => Assert.Equal("done", world.Stage(cluster)));
    }

    [Fact]
    public void A_newer_version_under_a_third_root_waits_until_the_rotation_is_over()
    {
        var world = new TrustWorld();
        world.Run(world.Rotate());
        world.Newest = new TestAuthority("third root", TrustWorld.Start).Material(TrustWorld.Start, "v3");
        world.Finish(() => Holds(world));
        Assert.All(world.Clusters, cluster => Assert.Equal(TrustWorld.New.RootCert, File(world, cluster, "root-cert.pem")));
        Assert.True(world.Status().HasNewRoot);
    }

    [Fact]
    public void A_root_that_is_only_written_down_otherwise_is_no_other_root_and_its_bytes_stay()
    {
        var world = new TrustWorld();
        var renewed = TrustWorld.OldRoot.Material(TrustWorld.Start, "v1b");
        world.Newest = new CaMaterial(renewed.CaCert, renewed.CaKey, "# our root\n" + renewed.RootCert + "\n\n", renewed.CertChain, "v1b");
        world.Run();
        Assert.All(world.Clusters, cluster => Assert.Equal(TrustWorld.Old.RootCert, File(world, cluster, "root-cert.pem")));
        Assert.All(world.Clusters, cluster => Assert.Equal(renewed.CaCert, File(world, cluster, "ca-cert.pem")));
    }

    [Fact]
    public void A_mesh_of_self_signed_clusters_comes_over_after_one_restart_of_each_istiod()
    {
        var world = new TrustWorld(isSteady: false) { Newest = TrustWorld.New };
        foreach (var cluster in world.Clusters)
        {
            var own = new TestAuthority($"{cluster}'s own", TrustWorld.Start);
            world.SelfSigned[cluster] = new JsonObject
            {
                ["data"] = new JsonObject { ["ca-cert.pem"] = Base64(own.RootPem), ["ca-key.pem"] = Base64(own.KeyPem) },
            };
            world.Istiods[cluster].SignAlone(new Issue(own.RootPem, own.KeyPem, "", own.RootPem), world.Now);
        }

        world.Run();
        Advance(world);
        Advance(world);
        Assert.All(world.Clusters, cluster => Assert.Equal("trust-both", world.Stage(cluster)));
        Assert.All(world.Status().Missing, cluster => Assert.Contains("rollout restart", cluster.Waits, StringComparison.Ordinal));
        foreach (var cluster in world.Clusters)
        {
            world.Istiods[cluster].Restart(world.Secret(cluster), world.Now);
            HoldsWithin(world);
        }

        world.Finish(() => HoldsWithin(world));
        Assert.All(world.Clusters, cluster => Assert.Equal("done", world.Stage(cluster)));
        Holds(world);
    }

    [Fact]
    public void An_istiod_that_keeps_its_own_CA_in_cacerts_is_brought_over_by_one_restart_too()
    {
        // USE_CACERTS_FOR_SELF_SIGNED_CA: no chain, a mark, and the root is published twice, since root-cert.pem comes behind ca-cert.pem.
        var world = new TrustWorld(isSteady: false) { Newest = TrustWorld.New };
        world.Trust = world.Trust with { Adopt = true };
        foreach (var cluster in world.Clusters)
        {
            var own = new TestAuthority($"{cluster}'s own", TrustWorld.Start);
            world.Put(cluster, new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Secret",
                ["metadata"] = new JsonObject { ["name"] = "cacerts", ["namespace"] = "istio-system" },
                ["type"] = "istio.io/ca-root",
                ["data"] = new JsonObject
                {
                    ["ca-cert.pem"] = Base64(own.RootPem),
                    ["ca-key.pem"] = Base64(own.KeyPem),
                    ["cert-chain.pem"] = "",
                    ["key.pem"] = "",
                    ["root-cert.pem"] = Base64(own.RootPem),
                    ["istio-generated"] = "",
                },
            });
            world.Istiods[cluster].SignAlone(new Issue(own.RootPem, own.KeyPem, "", $"{own.RootPem}\n{own.RootPem}"), world.Now);
        }

        world.Run();
        Advance(world);
        Assert.All(world.Clusters, cluster => Assert.Equal("trust-both", world.Stage(cluster)));
        Assert.All(world.Status().Missing, cluster => Assert.Contains("started without cacerts", cluster.Waits, StringComparison.Ordinal));
        Assert.All(world.Clusters, cluster => Assert.False(Assert.IsType<JsonObject>(world.Secret(cluster)?["data"]).ContainsKey("istio-generated")));
        foreach (var cluster in world.Clusters)
            world.Istiods[cluster].Restart(world.Secret(cluster), world.Now);
        world.Finish(() => HoldsWithin(world));
        Assert.All(world.Clusters, cluster => Assert.Equal("done", world.Stage(cluster)));
        Holds(world);
    }

    private static void HoldsWithin(TrustWorld world) => Assert.All(world.Clusters, cluster =>
        Assert.Null(world.Broken([.. world.Clusters.Where(other => other != cluster)])));

    private static void Holds(TrustWorld world) => Assert.Null(world.Broken());

    private static void Advance(TrustWorld world, bool run = true)
    {
        foreach (var cluster in world.Clusters)
            world.Settle(cluster);
        world.Run();
        HoldsWithin(world);
        world.Now += TrustWorld.Lifetime;
        if (run)
            world.Run();
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static IstioVersion Version(string text) => IstioVersion.TryParse(text, out var version) ? version : throw new ArgumentException(text);

    private static string File(TrustWorld world, ClusterName cluster, string key) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(ObjectMetadata.TextOf(world.Secret(cluster)?["data"]?[key]) ?? ""));
}
