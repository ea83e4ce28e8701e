using Isthmus.Cli.Hosting;
using Isthmus.Embedded.Tls;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Isthmus.System.Tests.Hosting;

/// <summary>A function host that runs the probe functions, and a client that trusts it.</summary>
internal sealed class ProbeHost : IAsyncDisposable
{
    private ProbeHost(FunctionHost host, LoopbackAuthority authority, ProbeLog log)
    {
        (Host, Authority, Log) = (host, authority, log);
        Client = new HttpClient(PinnedConnections.TrustOnly(authority.Pem)) { BaseAddress = host.Url };
    }

    public FunctionHost Host { get; }

    public LoopbackAuthority Authority { get; }

    public ProbeLog Log { get; }

    public HttpClient Client { get; }

    public static async Task<ProbeHost> StartAsync(TimeProvider? time = null)
    {
        var log = new ProbeLog();
        var authority = LoopbackAuthority.Create("test", TimeProvider.System);
        var host = await FunctionHost.StartAsync(
            new FunctionHostOptions
            {
                Certificate = authority.Issue(),
                Functions = typeof(ProbeFunctions).Assembly,
                Services = services => services.AddSingleton(log),
                Time = time ?? TimeProvider.System,
            },
            TestContext.Current.CancellationToken);
        return new ProbeHost(host, authority, log);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        Authority.Dispose();
    }
}
