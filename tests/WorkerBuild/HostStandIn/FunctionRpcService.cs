using Grpc.Core;
using HostStandIn.Protocol;

namespace HostStandIn;

/// <summary>The one call of the protocol: a stream of messages in each direction for as long as the worker lives.</summary>
internal sealed class FunctionRpcService(WorkerChannel channel) : FunctionRpc.FunctionRpcBase
{
    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var sending = SendAsync(responseStream, ended.Token);
        try
        {
            await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
                channel.Receive(message);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            channel.Told.Enqueue("The worker hung up.");
        }

        await ended.CancelAsync();
        await sending;
    }

    private async Task SendAsync(IServerStreamWriter<StreamingMessage> responseStream, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in channel.ToWorker(cancellationToken))
                await responseStream.WriteAsync(message, CancellationToken.None);
        }
        catch (Exception gone) when (gone is OperationCanceledException or InvalidOperationException or IOException)
        {
            channel.Told.Enqueue("Nothing more is sent to the worker.");
        }
    }
}
