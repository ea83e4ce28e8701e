using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Cli.Hosting;
using Isthmus.Functions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Isthmus.System.Tests.Functions;

/// <summary>
/// functions.metadata as the worker's SDK writes it when the app is published (2.1.0; .ci/worker compares it with a real build) is held
/// against the function classes and against Isthmus's own host. UPDATE_GOLDEN=1 rewrites it.
/// </summary>
public sealed class PublishContractTests
{
    private const string Mesh = """
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: test}
        spec:
          clusters:
          - {name: west, network: n, access: {kubeconfig: none}}
        """;

    private static readonly string File = Path.Combine(Repository.Root, "src", "Isthmus.Functions", "functions.metadata");
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = global::System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void The_checked_in_metadata_is_that_of_the_function_classes()
    {
        var declared = new JsonArray([.. Methods().Select(found => (JsonNode)Function(found.Name, found.Method))]).ToJsonString(Indented);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            global::System.IO.File.WriteAllText(File, declared);

        Assert.Equal(declared, global::System.IO.File.ReadAllText(File).ReplaceLineEndings("\n").TrimEnd());
    }

    [Fact]
    public async Task Our_own_host_serves_the_same_routes_methods_and_keys()
    {
        await using var host = await FunctionsHost.StartAsync(Mesh);
        var mapped = host.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText?.StartsWith("/api/", StringComparison.Ordinal) == true)
            .Select(endpoint => $"{endpoint.DisplayName} {string.Join(',', endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])} {endpoint.RoutePattern.RawText}");

        var expected = Bindings("httpTrigger").Select(found =>
            $"{found.Function} {string.Join(',', (found.Binding["methods"] as JsonArray ?? []).Select(method => $"{method}".ToUpperInvariant()))} /api/{found.Binding["route"]}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), mapped.Order(StringComparer.Ordinal));

        foreach (var (function, binding) in Bindings("httpTrigger"))
        {
            var level = binding["authLevel"]?.ToString();
            var route = new Uri($"/api/{binding["route"]}".Replace("{cluster}", "west", StringComparison.Ordinal).Replace("{token}", "t", StringComparison.Ordinal).Replace("{*path}", "", StringComparison.Ordinal), UriKind.Relative);
            using var request = new HttpRequestMessage(new HttpMethod($"{binding["methods"]?[0]}"), route);
            request.Headers.Add("x-functions-key", host.Keys.Function);
            using var response = await host.Client.SendAsync(request, Cancellation);
            // An anonymous function judges by its own token; one with a key is let in by the key.
            Assert.True((level == "Anonymous") == (response.StatusCode == HttpStatusCode.Unauthorized), $"{function}: {level}, {response.StatusCode}");
        }
    }

    [Fact]
    public void Our_own_host_runs_the_same_timers()
    {
        var timers = FunctionCatalogue.Discover(typeof(NotifyChange).Assembly)
            .Where(function => function.Trigger is FunctionTrigger.Timer)
            .Select(function => $"{function.Name} {(function.Trigger as FunctionTrigger.Timer)?.Schedule}");

        Assert.Equal(Bindings("timerTrigger").Select(found => $"{found.Function} {found.Binding["schedule"]}"), timers);
        Assert.All(Bindings("timerTrigger"), found => Assert.True(NcrontabSchedule.TryParse($"{found.Binding["schedule"]}", out _)));
    }

    [Fact]
    public async Task Our_own_host_takes_events_for_the_same_functions()
    {
        await using var host = await FunctionsHost.StartAsync(Mesh);
        var events = Bindings("eventGridTrigger").Select(found => found.Function).ToHashSet();
        Assert.NotEmpty(events);

        foreach (var function in Functions().Select(function => $"{function["name"]}"))
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, host.EventEndpoint(function));
            request.Headers.Add("aeg-sas-key", host.Keys.EventGrid);
            request.Headers.Add("WebHook-Request-Origin", "eventgrid.azure.net");
            using var response = await host.Client.SendAsync(request, Cancellation);
            Assert.Equal(events.Contains(function) ? HttpStatusCode.OK : HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    private static IEnumerable<(string Name, MethodInfo Method)> Methods() => typeof(NotifyChange).Assembly.GetExportedTypes()
        .SelectMany(type => type.GetMethods())
        .Select(method => (method.GetCustomAttribute<FunctionAttribute>()?.Name ?? "", method))
        .Where(found => found.Item1.Length > 0)
        .OrderBy(found => found.Item1, StringComparer.Ordinal);

    private static JsonObject Function(string name, MethodInfo method) => new()
    {
        ["name"] = name,
        ["scriptFile"] = "Isthmus.Functions.dll",
        ["entryPoint"] = $"{method.DeclaringType?.FullName}.{method.Name}",
        ["language"] = "dotnet-isolated",
        ["properties"] = new JsonObject { ["IsCodeless"] = false },
        ["bindings"] = new JsonArray([.. method.GetParameters().SelectMany(Binding)]),
    };

    private static IEnumerable<JsonNode> Binding(ParameterInfo parameter)
    {
        var binding = new JsonObject { ["name"] = parameter.Name, ["direction"] = "In" };
        if (parameter.GetCustomAttribute<HttpTriggerAttribute>() is { } http)
        {
            binding["type"] = "httpTrigger";
            binding["authLevel"] = http.AuthLevel.ToString();
            binding["methods"] = new JsonArray([.. http.Methods.Select(method => (JsonNode)method)]);
            binding["route"] = http.Route;
        }
        else if (parameter.GetCustomAttribute<TimerTriggerAttribute>() is { } timer)
        {
            binding["type"] = "timerTrigger";
            binding["schedule"] = timer.Schedule;
        }
        else if (parameter.GetCustomAttribute<EventGridTriggerAttribute>() is not null)
        {
            binding["type"] = "eventGridTrigger";
            binding["dataType"] = parameter.ParameterType.Name;
            binding["cardinality"] = "One";
        }
        else
        {
            yield break;
        }

        binding["properties"] = new JsonObject();
        yield return binding;
        if (binding["type"]?.ToString() == "httpTrigger")
            yield return new JsonObject { ["name"] = "$return", ["type"] = "http", ["direction"] = "Out" };
    }

    private static IEnumerable<JsonObject> Functions() => (JsonNode.Parse(global::System.IO.File.ReadAllText(File)) as JsonArray ?? []).OfType<JsonObject>();

    private static IEnumerable<(string Function, JsonObject Binding)> Bindings(string type) =>
        from function in Functions()
        from binding in (function["bindings"] as JsonArray ?? []).OfType<JsonObject>()
        where binding["type"]?.ToString() == type
        select ($"{function["name"]}", binding);
}
