using System.Collections.Concurrent;
using System.Threading.Channels;
using HostStandIn.Protocol;
using Content = HostStandIn.Protocol.StreamingMessage.ContentOneofCase;

namespace HostStandIn;

/// <summary>The conversation with one worker: what is sent to it, and who waits for which of its answers.</summary>
internal sealed class WorkerChannel
{
    private readonly Channel<StreamingMessage> _toWorker = Channel.CreateUnbounded<StreamingMessage>();
    private readonly ConcurrentDictionary<Content, Channel<StreamingMessage>> _answers = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<InvocationResponse>> _invocations = new(StringComparer.Ordinal);

    /// <summary>What the worker tells its host of its log and of failed invocations.</summary>
    public ConcurrentQueue<string> Told { get; } = new();

    public IAsyncEnumerable<StreamingMessage> ToWorker(CancellationToken cancellationToken) => _toWorker.Reader.ReadAllAsync(cancellationToken);

    public void Send(StreamingMessage message) => _toWorker.Writer.TryWrite(message);

    /// <summary>The worker's next message of a kind.</summary>
    public Task<StreamingMessage> NextAsync(Content kind, TimeSpan patience) => Answers(kind).Reader.ReadAsync().AsTask().WaitAsync(patience);

    public async Task<InvocationResponse> InvokeAsync(InvocationRequest request, TimeSpan patience)
    {
        var answered = Invocation(request.InvocationId);
        Send(new StreamingMessage { RequestId = Guid.NewGuid().ToString(), InvocationRequest = request });
        return await answered.Task.WaitAsync(patience);
    }

    public void Receive(StreamingMessage message)
    {
        switch (message.ContentCase)
        {
            case Content.RpcLog:
                Told.Enqueue($"{message.RpcLog}");
                break;
            case Content.InvocationResponse:
                if (message.InvocationResponse.Result.Exception is { } failure)
                    Told.Enqueue($"{failure}");
                Invocation(message.InvocationResponse.InvocationId).TrySetResult(message.InvocationResponse);
                break;
            default:
                Answers(message.ContentCase).Writer.TryWrite(message);
                break;
        }
    }

    private Channel<StreamingMessage> Answers(Content kind) => _answers.GetOrAdd(kind, _ => Channel.CreateUnbounded<StreamingMessage>());

    private TaskCompletionSource<InvocationResponse> Invocation(string id) => _invocations.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
