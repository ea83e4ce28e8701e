using System.Net;
using System.Security.Cryptography;
using Isthmus.Embedded.Admission;
using Isthmus.Embedded.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Isthmus.Embedded.Cluster;

/// <summary>
/// A Kubernetes API server in this process: HTTPS on loopback, its own CA, everything in memory. No scheduler, no
/// kubelet; what it answers is what Kubernetes 1.26 answers.
/// </summary>
public sealed class EmbeddedCluster : IAsyncDisposable
{
    private readonly EmbeddedClusterOptions _options;
    private readonly WebApplication _app;
    private readonly NetworkSwitch _network;
    private readonly ClusterParts _parts;
    private readonly CancellationTokenSource _stopping;
    private readonly LoopbackAuthority _authority;

    private EmbeddedCluster(
        EmbeddedClusterOptions options, WebApplication app, NetworkSwitch network, ClusterParts parts, CancellationTokenSource stopping, LoopbackAuthority authority, string adminToken)
    {
        (_options, _app, _network, _parts, _stopping, _authority) = (options, app, network, parts, stopping, authority);
        AdminToken = adminToken;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        Url = new Uri(addresses.First().Replace("[::]", "127.0.0.1", StringComparison.Ordinal));
    }

    public string Name => _options.Name;

    /// <summary>Where the API server listens: <c>https://127.0.0.1:PORT</c>.</summary>
    public Uri Url { get; }

    /// <summary>The CA that signed the server's certificate.</summary>
    public string CaCertificatePem => _authority.Pem;

    /// <summary>The bearer token of user <c>kubernetes-admin</c> in group <c>system:masters</c>.</summary>
    public string AdminToken { get; }

    public static async Task<EmbeddedCluster> StartAsync(EmbeddedClusterOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var adminToken = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var tokens = options.Tokens.ToDictionary(t => t.Key, t => new RequestUser(t.Value.Name, t.Value.Uid, t.Value.Groups), StringComparer.Ordinal);
        tokens[adminToken] = new RequestUser("kubernetes-admin", "1", ["system:masters"]);

        var authority = LoopbackAuthority.Create($"isthmus-{options.Name}-ca", TimeProvider.System);
        var stopping = new CancellationTokenSource();
        var loggers = options.LoggerFactory ?? NullLoggerFactory.Instance;
        var parts = ClusterParts.Build(options, tokens, authority.Pem, loggers, stopping.Token);
        var network = new NetworkSwitch();
        var app = BuildServer(options, authority, network, loggers);
        app.Run(parts.Server.HandleAsync);
        try
        {
            await app.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            parts.Dispose();
            authority.Dispose();
            stopping.Dispose();
            throw;
        }
        return new EmbeddedCluster(options, app, network, parts, stopping, authority, adminToken);
    }

    /// <summary>A kubeconfig of the administrator, with the CA and the token in it.</summary>
    public string Kubeconfig() => Kubeconfig(AdminToken, "kubernetes-admin");

    /// <summary>A kubeconfig for another token.</summary>
    public string Kubeconfig(string token, string user) =>
        $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: {Name}
          cluster:
            server: {Url.GetLeftPart(UriPartial.Authority)}
            certificate-authority-data: {Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(CaCertificatePem))}
        contexts:
        - name: {Name}
          context:
            cluster: {Name}
            user: {user}
        current-context: {Name}
        users:
        - name: {user}
          user:
            token: {token}

        """;

    /// <summary>Cuts the cluster off: open connections are reset, new ones too, until <see cref="Reconnect"/>.</summary>
    public void Disconnect() => _network.Disconnect();

    /// <summary>Makes the cluster reachable again, at the same address and with the same content.</summary>
    public void Reconnect() => _network.Reconnect();

    /// <summary>Forgets the history of changes, as etcd's compaction does: older watches and lists answer 410.</summary>
    public void CompactHistory() => _parts.Store.Compact();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _network.Disconnect();
        using (var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
        {
            await _app.StopAsync(hurry.Token).ConfigureAwait(false);
        }
        await _app.DisposeAsync().ConfigureAwait(false);
        _parts.Dispose();
        _authority.Dispose();
        _stopping.Dispose();
    }

    private static WebApplication BuildServer(EmbeddedClusterOptions options, LoopbackAuthority authority, NetworkSwitch network, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddLogging();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var certificate = authority.Issue();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ResponseHeaderEncodingSelector = _ => System.Text.Encoding.UTF8;
            // The API's own limit answers with a Status, see RequestBodies.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, options.Port, listen =>
            {
                listen.Use(next => connection => network.PassAsync(connection, next));
                listen.UseHttps(certificate);
            });
        });
        return builder.Build();
    }
}
