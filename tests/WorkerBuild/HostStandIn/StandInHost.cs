using Google.Protobuf.WellKnownTypes;
using HostStandIn.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Content = HostStandIn.Protocol.StreamingMessage.ContentOneofCase;

namespace HostStandIn;

/// <summary>The part of the Functions host that a worker sees: it starts the worker, makes it load its functions, and calls them.</summary>
internal sealed class StandInHost : IAsyncDisposable
{
    // What the Functions host gives a worker to start, and to end.
    private static readonly TimeSpan ToStart = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ToEnd = TimeSpan.FromSeconds(10);

    private readonly LoopbackSite _site;
    private readonly WorkerProcess _worker;

    private StandInHost(LoopbackSite site, WorkerProcess worker, WorkerChannel channel) => (_site, _worker, Channel) = (site, worker, channel);

    public WorkerChannel Channel { get; }

    /// <summary>Where the worker takes HTTP requests.</summary>
    public Uri HttpUri { get; private set; } = new("http://worker.invalid");

    public IReadOnlyList<LoadedFunction> Functions { get; private set; } = [];

    /// <summary>From the start of its process until its last function was loaded.</summary>
    public TimeSpan Start { get; private set; }

    public static async Task<StandInHost> StartAsync(string folder, IReadOnlyDictionary<string, string> settings, WorkerChannel channel)
    {
        var site = await LoopbackSite.StartAsync(
            HttpProtocols.Http2,
            null,
            services => services.AddSingleton(channel).AddGrpc(grpc => grpc.MaxReceiveMessageSize = null),
            app => app.MapGrpcService<FunctionRpcService>());
        var (id, begun) = (Guid.NewGuid().ToString(), TimeProvider.System.GetTimestamp());
        var host = new StandInHost(site, WorkerProcess.Start(folder, id, site.Url, settings, channel.Told.Enqueue), channel);
        try
        {
            await host.LoadAsync(folder, id);
            host.Start = TimeProvider.System.GetElapsedTime(begun);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public LoadedFunction Function(string name) =>
        Functions.FirstOrDefault(function => function.Name == name) ?? throw new CheckFailedException($"function {name} was not loaded");

    /// <summary>Calls a function whose trigger brings one value.</summary>
    public Task<InvocationResponse> InvokeAsync(string name, TypedData input, Dictionary<string, TypedData>? metadata = null) =>
        Channel.InvokeAsync(NewInvocation(name, input, metadata), TimeSpan.FromSeconds(60));

    public InvocationRequest NewInvocation(string name, TypedData input, Dictionary<string, TypedData>? metadata = null)
    {
        var function = Function(name);
        var request = function.NewInvocation();
        request.InputData.Add(new ParameterBinding { Name = function.Trigger, Data = input });
        request.TriggerMetadata.Add(metadata ?? []);
        return request;
    }

    /// <summary>Ends the worker as the Functions host does when it scales in.</summary>
    public async Task EndAsync()
    {
        Channel.Send(new StreamingMessage { WorkerTerminate = new WorkerTerminate { GracePeriod = Duration.FromTimeSpan(ToEnd) } });
        var code = await _worker.EndAsync(ToEnd);
        if (code != 0)
            throw new CheckFailedException($"the worker ends with exit code {code}");
    }

    public async ValueTask DisposeAsync()
    {
        _worker.Dispose();
        await _site.DisposeAsync();
    }

    private async Task LoadAsync(string folder, string id)
    {
        var started = await Channel.NextAsync(Content.StartStream, ToStart);
        Check.Equal("the worker's id", id, started.StartStream.WorkerId);
        await InitializeAsync(folder);
        var request = new FunctionsMetadataRequest { FunctionAppDirectory = folder };
        var indexed = (await AskAsync(new StreamingMessage { FunctionsMetadataRequest = request }, Content.FunctionMetadataResponse)).FunctionMetadataResponse;
        Check.Succeeded("the functions' metadata", indexed.Result);
        Functions = [.. indexed.FunctionMetadataResults.Select(LoadedFunction.Of)];
        foreach (var function in Functions)
        {
            var loaded = await AskAsync(new StreamingMessage { FunctionLoadRequest = function.LoadRequest(folder) }, Content.FunctionLoadResponse);
            Check.Succeeded($"the loading of {function.Name}", loaded.FunctionLoadResponse.Result);
        }
    }

    private async Task InitializeAsync(string folder)
    {
        var request = new WorkerInitRequest { HostVersion = "4.1044.400.0", WorkerDirectory = folder, FunctionAppDirectory = folder };
        request.Capabilities.Add("MultiStream", "10");
        var answer = (await AskAsync(new StreamingMessage { WorkerInitRequest = request }, Content.WorkerInitResponse)).WorkerInitResponse;
        Check.Succeeded("the worker's start", answer.Result);
        foreach (var capability in (string[])["HttpUri", "HandlesWorkerTerminateMessage", "HandlesInvocationCancelMessage", "WorkerOpenTelemetryEnabled"])
            Check.That($"the worker's capability {capability}", answer.Capabilities.ContainsKey(capability), "it is missing");
        HttpUri = new Uri(answer.Capabilities["HttpUri"]);
    }

    private Task<StreamingMessage> AskAsync(StreamingMessage message, Content answer)
    {
        message.RequestId = Guid.NewGuid().ToString();
        Channel.Send(message);
        return Channel.NextAsync(answer, ToStart);
    }
}
