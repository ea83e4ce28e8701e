using Isthmus.Core.Mesh;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.EventGrid;

public sealed class ServiceRunsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_hangs_is_ended_and_holds_up_the_other_services_no_longer()
    {
        var time = new FakeTimeProvider();
        var documents = new HangingDocuments();
        using var connections = new ClusterConnections(documents, new ClusterApiOptions(), time);
        var runs = new ServiceRuns(
            new ServiceReconciler(documents, connections, new ReconcilerOptions(), time), new EventRuns(time, NullLogger<EventRuns>.Instance), time);
        var look = new ExpectedWrite(new ClusterName("east"), "UPDATE", null, null);

        var first = runs.RunAsync(new ServiceName("shop", "reviews"), look, Cancel);
        await documents.Asked.WaitAsync(Cancel);
        var second = runs.RunAsync(new ServiceName("shop", "ratings"), look, Cancel);
        Assert.False(second.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(25));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);

        var third = runs.RunAsync(new ServiceName("shop", "details"), look, Cancel);
        Assert.Equal("read at last", (await Assert.ThrowsAsync<InvalidOperationException>(() => third.WaitAsync(TimeSpan.FromSeconds(30), Cancel))).Message);
    }

    /// <summary>Hangs when it is read first.</summary>
    private sealed class HangingDocuments : IMeshDocumentSource
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public async Task<MeshDocument> ReadAsync(CancellationToken cancellationToken)
        {
            if (_asked.TrySetResult())
                await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("read at last");
        }
    }
}
