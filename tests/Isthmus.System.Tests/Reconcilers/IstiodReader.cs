using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using Isthmus.Core.Kubernetes;
using Isthmus.Runtime.Kubernetes;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

/// <summary>
/// Lists a cluster all the time, by the Secret in its control plane as it stands. After a change it lists by the old and the new one, as an
/// istiod does that lets the old client go when the new one has seen everything.
/// </summary>
internal sealed class IstiodReader(ServedMesh mesh, string controlPlane, string cluster)
{
    private static readonly ImmutableArray<ResourceKind> Kinds =
        [ResourceKind.Service, ResourceKind.Pod, ResourceKind.EndpointSlice, ResourceKind.Node, ResourceKind.Namespace, ResourceKind.Secret];

    private readonly Channel<int> _turned = Channel.CreateUnbounded<int>();

    public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);

    /// <summary>Every answer but 200, and every silence, whether or not it was tried again.</summary>
    public ConcurrentQueue<string> Failures { get; } = new();

    public async Task ReadAsync(CancellationToken stop)
    {
        (string Kubeconfig, ClusterApi Client)? held = null;
        try
        {
            for (var round = 0; !stop.IsCancellationRequested; round++)
            {
                var kind = Kinds[round % Kinds.Length];
                var kubeconfig = Assert.IsType<string>(await mesh.KubeconfigAsync(controlPlane, cluster));
                if (held?.Kubeconfig != kubeconfig)
                {
                    var old = held?.Client;
                    held = (kubeconfig, ServedMesh.ClientOf(cluster, kubeconfig, _ => new Tap(Failures)));
                    Seen.Add(kubeconfig);
                    await ListAsync(old, kind);
                    old?.Dispose();
                }

                await ListAsync(held?.Client, kind);
                _turned.Writer.TryWrite(round);
            }
        }
        finally
        {
            held?.Client.Dispose();
        }
    }

    /// <summary>Ends when so many rounds have ended from now on.</summary>
    public async Task TurnAsync(int rounds, CancellationToken cancellationToken)
    {
        var turned = _turned.Reader;
        while (turned.TryRead(out _))
            continue;
        for (var round = 0; round < rounds; round++)
            await turned.ReadAsync(cancellationToken);
    }

    private static async Task ListAsync(ClusterApi? client, ResourceKind kind)
    {
        if (client is not null)
            await client.ListAsync(kind, null, null, null, TestContext.Current.CancellationToken);
    }

    private sealed class Tap(ConcurrentQueue<string> failures) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                var answer = await base.SendAsync(request, cancellationToken);
                if (answer.StatusCode != HttpStatusCode.OK)
                    failures.Enqueue($"{request.RequestUri?.PathAndQuery}: {(int)answer.StatusCode}");
                return answer;
            }
            catch (Exception silence)
            {
                failures.Enqueue($"{request.RequestUri?.PathAndQuery}: {silence.Message}");
                throw;
            }
        }
    }
}
