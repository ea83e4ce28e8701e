using System.Text.Json.Nodes;
using HostStandIn.Protocol;

namespace HostStandIn;

/// <summary>Timers, and events in both of Event Grid's schemas, as the extensions of the Functions host hand them over.</summary>
internal sealed class EventChecks(StandInHost host, AzureStandIn azure, TrialMesh mesh)
{
    private const string Entries = "/apis/networking.istio.io/v1/namespaces/isthmus-system/serviceentries";
    private const string Webhooks = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
    private const string Secret = "/api/v1/namespaces/istio-system/secrets/cacerts";

    public static async Task WithoutSettingsAsync(StandInHost host)
    {
        Check.Fails("Resync without settings", await TickAsync(host, "Resync"), "These settings are missing");
        Check.Fails("OnClusterChanged without settings", await DeliverAsync(host, "OnClusterChanged", EastChanged()), "These settings are missing");
    }

    public async Task RunAsync()
    {
        await CertificatesAsync();
        await ClustersAsync();
        await ServicesAsync();
        foreach (var timer in (string[])["ProbeGateways", "Resync", "PollEndpointSlices"])
            Check.Succeeded(timer, await TickAsync(host, timer));
        await CanceledAsync();
        foreach (var function in (string[])["OnServiceChanged", "OnClusterChanged", "OnCertificateChanged"])
            Check.Succeeded($"{function}, of a text that is no event", await DeliverAsync(host, function, new JsonObject { ["what"] = "ever" }));
    }

    /// <summary>A run that does not succeed everywhere fails its function, so that Event Grid delivers again.</summary>
    public static async Task ClusterLostAsync(StandInHost host, TrialMesh mesh)
    {
        mesh.East.Disconnect();
        Check.Fails("OnServiceChanged while east is away", await DeliverAsync(host, "OnServiceChanged", ReviewsChanged()), "east");
    }

    private async Task CertificatesAsync()
    {
        var raised = azure.Raised.Last(one => $"{one["type"]}" == "Microsoft.KeyVault.CertificateNewVersionCreated");
        Check.Succeeded("OnCertificateChanged, CloudEvents", await DeliverAsync(host, "OnCertificateChanged", raised));
        Check.Contains("the CA in east", "root-cert.pem", await TrialMesh.ReadAsync(mesh.East, Secret));
        Check.Succeeded("OnCertificateChanged, Event Grid schema", await DeliverAsync(host, "OnCertificateChanged", Grid(raised)));
    }

    private async Task ClustersAsync()
    {
        Check.Succeeded("OnClusterChanged, CloudEvents", await DeliverAsync(host, "OnClusterChanged", EastChanged()));
        Check.Contains("the webhooks in east", "isthmus-injector", await TrialMesh.ReadAsync(mesh.East, Webhooks));
        var written = Cloud("Microsoft.Storage.BlobCreated", "/blobServices/default/containers/mesh/blobs/mesh.yaml", new JsonObject { ["api"] = "PutBlob" });
        Check.Succeeded("OnClusterChanged, Event Grid schema", await DeliverAsync(host, "OnClusterChanged", Grid(written)));
        var told = azure.Published.Where(one => $"{one["type"]}" == "dev.isthmus.cluster.changed").Select(one => $"{one["data"]?["cluster"]}");
        Check.Equal("the clusters told of the document", "east west", string.Join(' ', told.Order(StringComparer.Ordinal)));
    }

    private async Task ServicesAsync()
    {
        var changed = ReviewsChanged();
        Check.Succeeded("OnServiceChanged, CloudEvents", await DeliverAsync(host, "OnServiceChanged", changed));
        Check.Contains("the names in east", "reviews.shop.global", await TrialMesh.ReadAsync(mesh.East, Entries));
        Check.Succeeded("OnServiceChanged, Event Grid schema", await DeliverAsync(host, "OnServiceChanged", Grid(changed)));
    }

    /// <summary>What the Functions host sends when a run is over its time, or its own is up.</summary>
    private async Task CanceledAsync()
    {
        var asked = new TaskCompletionSource();
        azure.Blobs.Before = (_, _) =>
        {
            asked.TrySetResult();
            return Task.Delay(TimeSpan.FromSeconds(60));
        };
        var request = host.NewInvocation("Resync", Tick);
        var run = host.Channel.InvokeAsync(request, TimeSpan.FromSeconds(20));
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        host.Channel.Send(new StreamingMessage { InvocationCancel = new InvocationCancel { InvocationId = request.InvocationId } });
        Check.Fails("Resync, cancelled", (await run).Result, "cancel");
        azure.Blobs.Before = null;
    }

    private static JsonObject EastChanged() => Cloud("dev.isthmus.cluster.changed", "clusters/east", new JsonObject { ["cluster"] = "east" });

    private static JsonObject ReviewsChanged() => Cloud("dev.isthmus.service.changed", "shop/reviews", new JsonObject
    {
        ["cluster"] = "west",
        ["namespace"] = "shop",
        ["name"] = "reviews",
        ["operation"] = "UPDATE",
        ["oldResourceVersion"] = "0",
    });

    private static JsonObject Cloud(string type, string subject, JsonObject data) => new()
    {
        ["specversion"] = "1.0",
        ["id"] = $"{Guid.NewGuid()}",
        ["source"] = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/isthmus",
        ["type"] = type,
        ["subject"] = subject,
        ["time"] = "2026-11-25T12:00:00.1234567Z",
        ["datacontenttype"] = "application/json",
        ["data"] = data,
    };

    /// <summary>The same event in the Event Grid schema.</summary>
    private static JsonObject Grid(JsonObject cloud) => new()
    {
        ["id"] = $"{cloud["id"]}",
        ["topic"] = $"{cloud["source"]}",
        ["subject"] = $"{cloud["subject"]}",
        ["eventType"] = $"{cloud["type"]}",
        ["eventTime"] = $"{cloud["time"]}",
        ["dataVersion"] = "1",
        ["metadataVersion"] = "1",
        ["data"] = cloud["data"]?.DeepClone(),
    };

    private static async Task<StatusResult> DeliverAsync(StandInHost host, string function, JsonObject delivered)
    {
        // The extension writes the event anew, over several lines.
        var text = delivered.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });
        var metadata = new Dictionary<string, TypedData>();
        if (delivered["data"] is { } data)
            metadata["data"] = new TypedData { Json = data.ToJsonString() };
        return (await host.InvokeAsync(function, new TypedData { String = text }, metadata)).Result;
    }

    private static async Task<StatusResult> TickAsync(StandInHost host, string function) => (await host.InvokeAsync(function, Tick)).Result;

    private static TypedData Tick => new()
    {
        Json = """
            {"Schedule":{"AdjustForDST":true},"IsPastDue":false,
            "ScheduleStatus":{"Last":"2026-11-25T12:00:00+00:00","Next":"2026-11-25T12:15:00+00:00","LastUpdated":"2026-11-25T12:00:00+00:00"}}
            """,
    };
}
