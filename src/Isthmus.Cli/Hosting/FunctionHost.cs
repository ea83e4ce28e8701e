using System.Net;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Isthmus.Cli.Hosting;

/// <summary>How a function host runs. Port 0 takes a free one.</summary>
internal sealed record FunctionHostOptions
{
    public required X509Certificate2 Certificate { get; init; }
    public required Action<IServiceCollection> Services { get; init; }
    public required Assembly Functions { get; init; }
    public int Port { get; init; }
    public FunctionKeys Keys { get; init; } = FunctionKeys.Generate();
    public TimeProvider Time { get; init; } = TimeProvider.System;
    public FunctionFaults Faults { get; init; } = new();
    public ILoggerFactory? LoggerFactory { get; init; }
}

/// <summary>
/// Runs the function classes of an assembly where there is no Functions host: HTTP routes, timers and the Event Grid endpoint,
/// over HTTPS on loopback only.
/// </summary>
internal sealed class FunctionHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FunctionHost(WebApplication app, FunctionKeys keys, IReadOnlyList<FunctionDescriptor> functions, Uri url) =>
        (_app, Keys, Functions, Url) = (app, keys, functions, url);

    public Uri Url { get; }

    public FunctionKeys Keys { get; }

    public IReadOnlyList<FunctionDescriptor> Functions { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<FunctionHost> StartAsync(FunctionHostOptions options, CancellationToken cancellationToken)
    {
        var functions = FunctionCatalogue.Discover(options.Functions);
        if (TimerFunctions.Faults(functions).ToList() is { Count: > 0 } faults)
            throw new InvalidOperationException(string.Join(Environment.NewLine, faults));
        var app = Build(options, functions);
        try
        {
            var prefix = RoutePrefix();
            app.Services.GetRequiredService<HttpFunctionEndpoints>().Map(app, prefix, functions);
            app.Services.GetRequiredService<EventGridEndpoint>().Map(app, functions);
            await app.StartAsync(cancellationToken);
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.First();
            return new FunctionHost(app, options.Keys, functions, new Uri(address ?? throw new InvalidOperationException("The host listens nowhere.")));
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where a subscription delivers events for <paramref name="function"/>; the key goes into a header, not into the address.</summary>
    public Uri EventEndpoint(string function) => new(Url, $"/runtime/webhooks/EventGrid?functionName={Uri.EscapeDataString(function)}");

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }

    private static WebApplication Build(FunctionHostOptions options, IReadOnlyList<FunctionDescriptor> functions)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            // Functions judge the length of what they read themselves, as they have to on Azure.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.Port, listen => listen.UseHttps(options.Certificate));
        });
        builder.Services.AddRoutingCore();
        builder.Services.TryAddSingleton(options.Time);
        builder.Services.AddSingleton(options.Keys);
        builder.Services.AddSingleton(options.Faults);
        builder.Services.AddSingleton(functions);
        builder.Services.AddSingleton<FunctionInvoker>();
        builder.Services.AddSingleton<HttpFunctionEndpoints>();
        builder.Services.AddSingleton<EventGridEndpoint>();
        builder.Services.AddHostedService<TimerFunctions>();
        if (options.LoggerFactory is { } loggers)
            builder.Services.Replace(ServiceDescriptor.Singleton(loggers));
        options.Services(builder.Services);
        return builder.Build();
    }

    /// <summary>host.json's extensions.http.routePrefix, with Azure Functions' default.</summary>
    private static string RoutePrefix()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "host.json");
        if (!File.Exists(path))
            return "api";
        var settings = JsonNode.Parse(File.ReadAllText(path), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        return settings?["extensions"]?["http"]?["routePrefix"]?.ToString() ?? "api";
    }
}
