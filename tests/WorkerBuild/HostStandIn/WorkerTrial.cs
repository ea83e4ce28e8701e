using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace HostStandIn;

/// <summary>The whole trial: the worker without its settings, and the worker as it is deployed.</summary>
internal sealed class WorkerTrial(string folder, string metadata)
{
    private readonly List<WorkerChannel> _channels = [];

    /// <summary>All that the workers told of themselves.</summary>
    public IReadOnlyList<string> Told => [.. _channels.SelectMany(channel => channel.Told)];

    /// <summary>How long the worker with its settings took to load its functions.</summary>
    public TimeSpan Start { get; private set; }

    public async Task RunAsync()
    {
        PublishedFolder.Verify(folder);
        var work = Directory.CreateTempSubdirectory("isthmus-worker-");
        try
        {
            await RunWithoutSettingsAsync();
            await RunWithAzureAsync(work.FullName);
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    /// <summary>The app starts, so that the Functions host does not start it over and over, and each function says what is missing.</summary>
    private async Task RunWithoutSettingsAsync()
    {
        await using var host = await StandInHost.StartAsync(folder, new Dictionary<string, string>(), NewChannel());
        CheckMetadata(host);
        using var front = new HttpFront(host);
        await using var site = await front.StartAsync(folder);
        await HttpChecks.WithoutSettingsAsync(host, site.Url);
        await EventChecks.WithoutSettingsAsync(host);
        await host.EndAsync();
    }

    private async Task RunWithAzureAsync(string work)
    {
        await using var azure = await AzureStandIn.StartAsync();
        await using var mesh = await TrialMesh.StartAsync(azure);
        var settings = azure.Settings(work);
        // The most that anybody can make it tell.
        settings["Logging__LogLevel__Default"] = settings["Logging__LogLevel__Microsoft.AspNetCore"] = "Trace";
        // A vault that does not answer at the start is no reason to be started anew.
        azure.Vault.Faults.ForbiddenPath = "/secrets/isthmus-webhook-key";
        await using var host = await StandInHost.StartAsync(folder, settings, NewChannel());
        using var front = new HttpFront(host);
        await using var site = await front.StartAsync(folder);
        Start = host.Start;
        var answers = new ConcurrentQueue<string>();
        using var http = new HttpChecks(site.Url, azure, mesh, answers);
        await http.WithoutKeysAsync(host);
        azure.Vault.Faults.ForbiddenPath = null;
        await new EventChecks(host, azure, mesh).RunAsync();
        await http.RunAsync();
        await EventChecks.ClusterLostAsync(host, mesh);
        await host.EndAsync();
        SecretChecks.Run(host.Channel.Told, azure, mesh, answers);
    }

    private WorkerChannel NewChannel()
    {
        var channel = new WorkerChannel();
        _channels.Add(channel);
        return channel;
    }

    private void CheckMetadata(StandInHost host)
    {
        var expected = (JsonNode.Parse(File.ReadAllText(metadata)) as JsonArray ?? []).OfType<JsonObject>().ToList();
        var names = host.Functions.Select(function => function.Name).Order(StringComparer.Ordinal);
        Check.Equal("the functions", string.Join(' ', expected.Select(function => $"{function["name"]}")), string.Join(' ', names));
        foreach (var function in expected)
        {
            var indexed = host.Function($"{function["name"]}");
            Check.Equal($"{indexed.Name}'s entry point", $"{function["entryPoint"]}", indexed.Metadata.EntryPoint);
            // What the worker says at run time has the fields of functions.metadata, in another order and without those that are empty.
            var wanted = (function["bindings"] as JsonArray ?? []).Select(Fields);
            Check.Equal($"{indexed.Name}'s bindings", string.Join('\n', wanted), string.Join('\n', indexed.Bindings.Select(Fields)));
        }
    }

    private static string Fields(JsonNode? binding) => string.Join(' ', (binding as JsonObject ?? [])
        .Where(field => field.Value is not JsonObject { Count: 0 })
        .Select(field => $"{field.Key}={field.Value?.ToJsonString()}")
        .Order(StringComparer.Ordinal));
}
