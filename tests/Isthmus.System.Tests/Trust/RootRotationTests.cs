using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Isthmus.System.Tests.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Trust;

public sealed class RootRotationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_istiod_that_runs_has_to_follow_changed_roots_and_one_scaled_to_nothing_does_not()
    {
        await using var mesh = await RotatingMesh.StartAsync();
        // istiod reads its variables as Go does.
        await mesh.Mesh.CreateAsync("east", Istiod("istiod", 2, "True"));
        await mesh.Mesh.CreateAsync("east", Istiod("istiod-canary", 0, "false"));
        await mesh.RunAsync(order: await mesh.RotateAsync());
        await mesh.SettleAsync();
        Assert.Contains("the next run writes down", await WaitsAsync(mesh), StringComparison.Ordinal);
        await mesh.Mesh.CreateAsync("east", Istiod("istiod-next", 1, "false"));
        Assert.Contains("istiod-next runs without", await WaitsAsync(mesh), StringComparison.Ordinal);
        await mesh.Mesh.CreateAsync("east", Istiod("istiod-broken", 1, "true", "1.25.1"));
        Assert.Contains("istiod-broken is Istio 1.25.1", await WaitsAsync(mesh), StringComparison.Ordinal);
    }

    private static async Task<string?> WaitsAsync(RotatingMesh mesh) =>
        Assert.Single((await mesh.StatusAsync()).Clusters, cluster => cluster.Cluster.Value == "east").Waits;

    private static JsonObject Istiod(string name, int replicas, string multiRoot, string version = "1.27.0") => new()
    {
        ["apiVersion"] = "apps/v1",
        ["kind"] = "Deployment",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "istio-system", ["labels"] = new JsonObject { ["app"] = "istiod" } },
        ["spec"] = new JsonObject
        {
            ["replicas"] = replicas,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = name } },
                ["spec"] = new JsonObject
                {
                    ["containers"] = new JsonArray(new JsonObject
                    {
                        ["name"] = "discovery",
                        ["image"] = $"docker.io/istio/pilot:{version}",
                        ["env"] = new JsonArray(new JsonObject { ["name"] = "ISTIO_MULTIROOT_MESH", ["value"] = multiRoot }),
                    }),
                },
            },
        },
    };

    [Fact]
    public async Task A_rotation_that_is_killed_after_any_write_is_resumed_and_no_pair_of_workloads_loses_each_other()
    {
        for (var writes = 1; ; writes++)
        {
            await using var mesh = await RotatingMesh.StartAsync();
            var dying = new WatchedRequests { DiesAfterWrites = writes };
            var isDead = false;
            var order = await mesh.RotateAsync();
            for (var round = 0; round < 9; round++)
            {
                try
                {
                    await mesh.RunAsync(isDead ? null : dying, round == 0 ? order : null);
                }
                catch (RunnerDiedException)
                {
                    isDead = true;
                }

                mesh.AssertAllAccept();
                await mesh.SettleAsync();
                mesh.AssertAllAccept();
                // Every second run finds what istiod loaded, the others that its workloads had their time.
                mesh.Time.Advance(round % 2 == 0 ? TimeSpan.FromMinutes(1) : RotatingMesh.Lifetime);
                mesh.AssertAllAccept();
            }

            foreach (var cluster in mesh.Clusters)
                Assert.Equal("done", await mesh.StageAsync(cluster));
            Assert.Equal((await mesh.InSecretAsync("east")).Root, (await mesh.InSecretAsync("west")).Root);
            if (!isDead)
            {
                Assert.True(writes > 8, $"only {writes} writes were tried");
                return;
            }
        }
    }

    [Fact]
    public async Task Leaves_of_both_clusters_make_a_mutual_tls_connection_before_in_and_after_a_rotation()
    {
        await using var mesh = await RotatingMesh.StartAsync();
        var stages = new List<string?>();
        await LookAsync();
        await mesh.RunAsync(order: await mesh.RotateAsync());
        for (var stage = 0; stage < 3; stage++)
        {
            await LookAsync();
            await mesh.SettleAsync();
            await mesh.RunAsync();
            mesh.Time.Advance(RotatingMesh.Lifetime);
            await mesh.RunAsync();
        }

        Assert.Equal([null, "trust-both", "sign-new", "done"], stages);

        async Task LookAsync()
        {
            stages.Add(await mesh.StageAsync("east"));
            var (east, west) = (await mesh.InSecretAsync("east"), await mesh.InSecretAsync("west"));
            await ConnectAsync(east, west);
            await ConnectAsync(west, east);
        }
    }

    [Fact]
    public async Task A_leaf_under_a_root_that_the_other_does_not_hold_makes_no_connection()
    {
        await using var mesh = await RotatingMesh.StartAsync();
        var before = await mesh.InSecretAsync("east");
        await using var other = await RotatingMesh.StartAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () => await ConnectAsync(before, await other.InSecretAsync("east")));
    }

    /// <summary>Both show their leaf with the chain of their cacerts, and accept what their roots lead to.</summary>
    private static async Task ConnectAsync(Issue client, Issue server)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var outgoing = new TcpClient();
        var connecting = outgoing.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Cancel);
        using var incoming = await listener.AcceptTcpClientAsync(Cancel);
        await connecting;
        await using var clientStream = new SslStream(outgoing.GetStream());
        await using var serverStream = new SslStream(incoming.GetStream());
        var accepting = serverStream.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = Shown(server),
                ClientCertificateRequired = true,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                CertificateChainPolicy = Policy(server),
                RemoteCertificateValidationCallback = OnlyNameMayDiffer,
            },
            Cancel);
        var calling = clientStream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "workload",
                ClientCertificateContext = Shown(client),
                CertificateChainPolicy = Policy(client),
                RemoteCertificateValidationCallback = OnlyNameMayDiffer,
            },
            Cancel);
        await Task.WhenAll(accepting, calling);
        Assert.True(clientStream.IsMutuallyAuthenticated);
        await clientStream.WriteAsync(new byte[] { 42 }, Cancel);
        var received = new byte[1];
        await serverStream.ReadExactlyAsync(received, Cancel);
        Assert.Equal(42, received[0]);
    }

    private static SslStreamCertificateContext Shown(Issue issue)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(issue.Chain);
        return SslStreamCertificateContext.Create(Workloads.Leaf(issue), chain, offline: true);
    }

    private static X509ChainPolicy Policy(Issue issue)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(issue.Root);
        return policy;
    }

    // Workloads are known by SPIFFE identities, not by names.
    private static bool OnlyNameMayDiffer(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
}
