using System.Text.Json;
using System.Text.Json.Nodes;
using HostStandIn.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace HostStandIn;

/// <summary>
/// The HTTP side of the Functions host: it matches the routes, tells the worker of the invocation over gRPC, and leads the request itself
/// on to the worker, marked by the invocation's id. Keys are checked by the real host before that, and by nobody here.
/// </summary>
internal sealed class HttpFront(StandInHost host) : IDisposable
{
    private const string Mark = "x-ms-invocation-id";

    private readonly HttpMessageInvoker _client = new(new PatientHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }));

    public async Task<LoopbackSite> StartAsync(string folder)
    {
        var settings = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "host.json")));
        var prefix = settings?["extensions"]?["http"]?["routePrefix"]?.ToString() ?? "api";
        return await LoopbackSite.StartAsync(HttpProtocols.Http1, null, services => services.AddHttpForwarder(), app =>
        {
            var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
            foreach (var function in host.Functions.Where(function => function.TriggerType == "httpTrigger"))
            {
                var trigger = function.Bindings[0];
                var methods = (trigger["methods"] as JsonArray ?? []).Select(method => $"{method}");
                app.MapMethods($"/{prefix}/{trigger["route"]}", methods, context => RunAsync(function, forwarder, context));
            }
        });
    }

    public void Dispose() => _client.Dispose();

    private async Task RunAsync(LoadedFunction function, IHttpForwarder forwarder, HttpContext context)
    {
        var invocation = function.NewInvocation();
        invocation.InputData.Add(new ParameterBinding { Name = function.Trigger, Data = new TypedData { Http = new RpcHttp() } });
        invocation.TriggerMetadata.Add(await MetadataAsync(context));
        var answered = host.Channel.InvokeAsync(invocation, TimeSpan.FromSeconds(60));
        context.Request.Headers[Mark] = invocation.InvocationId;
        var error = await forwarder.SendAsync(context, $"{host.HttpUri}", _client, new ForwarderRequestConfig { ActivityTimeout = TimeSpan.FromSeconds(60) });
        if (error != ForwarderError.None)
            host.Channel.Told.Enqueue($"{function.Name}: the request is not led on: {error}");
        await answered;
    }

    /// <summary>What other bindings could refer to: fields of a JSON body, the query, and over them the route's values.</summary>
    private static async Task<Dictionary<string, TypedData>> MetadataAsync(HttpContext context)
    {
        var values = new Dictionary<string, TypedData>(StringComparer.OrdinalIgnoreCase);
        context.Request.EnableBuffering(1024 * 1024);
        if (context.Request.ContentLength > 0)
        {
            using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
            foreach (var (name, value) in Fields(await reader.ReadToEndAsync()))
                values[name] = value is JsonObject or JsonArray ? new TypedData { Json = value.ToJsonString() } : new TypedData { String = $"{value}" };
            context.Request.Body.Position = 0;
        }

        foreach (var (name, value) in context.Request.Query)
            values[name] = new TypedData { String = $"{value}" };
        foreach (var (name, value) in context.Request.RouteValues.Where(pair => pair.Value is not null))
            values[name] = new TypedData { String = $"{value}" };
        values["Query"] = new TypedData { Json = JsonSerializer.Serialize(context.Request.Query.ToDictionary(pair => pair.Key, pair => $"{pair.Value}")) };
        values["Headers"] = new TypedData { Json = JsonSerializer.Serialize(context.Request.Headers.ToDictionary(pair => pair.Key, pair => $"{pair.Value}")) };
        return values;
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Fields(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
