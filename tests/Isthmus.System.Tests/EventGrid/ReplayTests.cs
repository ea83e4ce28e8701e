using System.CommandLine;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Isthmus.Cli.Events;
using Isthmus.System.Tests.Functions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.EventGrid;

public sealed class ReplayTests : IDisposable
{
    private const string Mesh = """
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: test}
        spec:
          clusters:
          - {name: west, network: n, access: {kubeconfig: none}}
        """;

    // In the dead letters though it asks for nothing, so that delivering it succeeds; the other one's cluster cannot be reached.
    private const string Quiet = """
        {"id":"q","topic":"/subscriptions/s","subject":"/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/gone",
        "eventType":"Microsoft.Resources.ResourceDeleteSuccess","eventTime":"2026-11-24T08:00:00Z","data":{},"dataVersion":"2","metadataVersion":"1",
        "deadLetterReason":"MaxDeliveryAttemptsExceeded","deliveryAttempts":30,"lastDeliveryOutcome":"InternalServerError","lastDeliveryAttemptTime":"2026-11-24T20:00:00Z"}
        """;

    private const string Failing = """
        {"specversion":"1.0","id":"f","source":"/isthmus/clusters/west","type":"dev.isthmus.service.changed","subject":"shop/reviews",
        "data":{"cluster":"west","namespace":"shop","name":"reviews","operation":"UPDATE"},
        "deadletterreason":"TimeToLiveExceeded","deliveryattempts":9,"lastdeliveryoutcome":"TimedOut","lastdeliveryattempttime":"2026-11-24T21:00:00Z"}
        """;

    private static readonly DateTimeOffset Now = new(2026, 11, 25, 9, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("isthmus-test-").FullName;
    private readonly EmbeddedContainer _container = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder, "TOPIC", "SUBSCRIPTION", "2026", "11", "24", "21", "one.json");

    public void Dispose()
    {
        _container.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_is_taken_is_marked_and_what_is_not_stays_for_the_next_time()
    {
        await using var host = await FunctionsHost.StartAsync(Mesh);
        await WriteAsync($"[{Quiet},{Failing}]");

        var (exitCode, output, error) = await RunAsync(host, "--from", _folder);

        Assert.Equal(1, exitCode);
        Assert.Contains("replayed Microsoft.Resources.ResourceDeleteSuccess /subscriptions/s", output, StringComparison.Ordinal);
        Assert.Contains("(MaxDeliveryAttemptsExceeded after 30 attempts, InternalServerError): OnClusterChanged", output, StringComparison.Ordinal);
        Assert.Contains("1 replayed, 0 skipped, 1 failed.", output, StringComparison.Ordinal);
        Assert.Contains("OnServiceChanged answered HTTP 500", error, StringComparison.Ordinal);
        var left = await ReadAsync();
        Assert.Equal([Now.ToString("O", null), null], left.Select(item => item?["isthmusreplayedat"]?.ToString()));

        (_, output, _) = await RunAsync(host, "--from", _folder);
        Assert.Contains("0 replayed, 1 skipped, 1 failed.", output, StringComparison.Ordinal);
        Assert.Contains("--again repeats it", output, StringComparison.Ordinal);
        (_, output, _) = await RunAsync(host, "--from", _folder, "--again", "--type", "Microsoft.*");
        Assert.Contains("1 replayed, 1 skipped, 0 failed.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_leaves_only_what_was_not_taken()
    {
        await using var host = await FunctionsHost.StartAsync(Mesh);
        await WriteAsync($"[{Quiet},{Failing}]");

        await RunAsync(host, "--from", _folder, "--delete");
        Assert.Equal(["f"], (await ReadAsync()).Select(item => item?["id"]?.ToString()));

        await WriteAsync($"[{Quiet}]");
        Assert.Equal(0, (await RunAsync(host, "--from", _folder, "--delete")).ExitCode);
        Assert.False(global::System.IO.File.Exists(File));
    }

    [Theory]
    [InlineData("1 would be replayed, 1 skipped", "--since", "2026-11-24T20:30Z")]
    [InlineData("2 would be replayed, 0 skipped", "--since", "13h")]
    [InlineData("1 would be replayed, 1 skipped", "--since", "750m")]
    [InlineData("1 would be replayed, 1 skipped", "--until", "2026-11-24T21:00Z")]
    [InlineData("1 would be replayed, 1 skipped", "--type", "dev.isthmus.*")]
    [InlineData("2 would be replayed, 0 skipped", "--type", "dev.isthmus.*", "--type", "Microsoft.Resources.ResourceDeleteSuccess")]
    public async Task A_dry_run_shows_what_the_filters_leave_and_touches_nothing(string expected, params string[] filters)
    {
        await using var host = await FunctionsHost.StartAsync(Mesh);
        await WriteAsync($"[{Quiet},{Failing}]");
        var before = await global::System.IO.File.ReadAllTextAsync(File, Cancellation);

        var (exitCode, output, error) = await RunAsync(host, ["--from", _folder, "--dry-run", .. filters]);

        Assert.True(exitCode == 0, error);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Equal(before, await global::System.IO.File.ReadAllTextAsync(File, Cancellation));
    }

    [Fact]
    public async Task A_wrong_key_ends_it_with_what_to_do()
    {
        await using var host = await FunctionsHost.StartAsync(Mesh);
        await WriteAsync($"[{Quiet},{Failing}]");
        await global::System.IO.File.WriteAllTextAsync(Path.Combine(_folder, "key"), "wrong", Cancellation);

        var (exitCode, _, error) = await RunAsync(host, "--from", _folder, "--event-key", Path.Combine(_folder, "key"));

        Assert.Equal(1, exitCode);
        Assert.Contains("does not accept the key: it takes the system key 'eventgrid_extension'", error, StringComparison.Ordinal);
        Assert.DoesNotContain("isthmusreplayedat", await global::System.IO.File.ReadAllTextAsync(File, Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_hold_no_dead_letters_and_events_that_are_none_are_named()
    {
        await using var host = await FunctionsHost.StartAsync(Mesh);
        await WriteAsync("""[{"id":"1"},{"id":"2","eventType":"Contoso.Thing"}]""");
        await global::System.IO.File.WriteAllTextAsync(Path.Combine(_folder, "other.json"), "{", Cancellation);

        var (exitCode, output, error) = await RunAsync(host, "--from", _folder, "--json");

        Assert.Equal(1, exitCode);
        var report = JsonNode.Parse(output);
        Assert.Equal((0, 2, 1), (report?["replayed"]?.GetValue<int>(), report?["skipped"]?.GetValue<int>(), report?["failed"]?.GetValue<int>()));
        Assert.Contains("no function subscribes to Contoso.Thing", output, StringComparison.Ordinal);
        Assert.Contains("no file of dead letters", output, StringComparison.Ordinal);
        Assert.Equal("", error);
    }

    [Fact]
    public async Task A_container_is_read_and_marked_under_the_etag_that_was_read()
    {
        await using var host = await FunctionsHost.StartAsync(Mesh);
        _container.Put("TOPIC/S/2026/11/24/20/a.json", $"[{Quiet}]", Now.AddHours(-13));
        _container.Put("TOPIC/S/2026/11/24/20/b.txt", "not ours", Now);
        _container.Put("TOPIC/S/2026/11/20/20/old.json", $"[{Quiet}]", Now.AddDays(-5));

        var (exitCode, output, error) = await RunAsync(host, "--from", "https://account.blob.core.windows.net/dead", "--since", "2d");

        Assert.True(exitCode == 0, error);
        Assert.Contains("1 replayed, 0 skipped, 0 failed.", output, StringComparison.Ordinal);
        Assert.Contains("isthmusreplayedat", _container["TOPIC/S/2026/11/24/20/a.json"], StringComparison.Ordinal);
        Assert.Equal(["GET /dead", "GET /dead/TOPIC/S/2026/11/24/20/a.json", "PUT /dead/TOPIC/S/2026/11/24/20/a.json"], _container.Requests);

        (exitCode, output, error) = await RunAsync(host, "--from", "https://account.blob.core.windows.net/dead", "--again", "--delete");
        Assert.True(exitCode == 0, error);
        Assert.Equal(["TOPIC/S/2026/11/24/20/b.txt"], _container.Names);
    }

    [Fact]
    public async Task A_blob_that_somebody_changed_meanwhile_is_left_as_it_is()
    {
        await using var host = await FunctionsHost.StartAsync(Mesh);
        _container.Put("a.json", $"[{Quiet}]", Now);
        _container.BeforeWrite = () =>
        {
            _container.BeforeWrite = null;
            _container.Put("a.json", $"[{Quiet},{Quiet}]", Now);
        };

        var (exitCode, output, _) = await RunAsync(host, "--from", "https://account.blob.core.windows.net/dead");

        Assert.Equal(0, exitCode);
        Assert.Contains("somebody else changed the file meanwhile", output, StringComparison.Ordinal);
        Assert.DoesNotContain("isthmusreplayedat", _container["a.json"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://account.blob.core.windows.net/dead", true, "It takes the role 'Storage Blob Data Contributor'")]
    [InlineData("https://account.blob.core.windows.net/", false, "name the container itself")]
    [InlineData("https://account.blob.core.windows.net/dead?sig=x", false, "without a SAS")]
    [InlineData("nowhere", false, "there is no such folder")]
    public async Task A_source_that_cannot_be_read_is_told_with_what_to_do(string from, bool refuses, string expected)
    {
        await using var host = await FunctionsHost.StartAsync(Mesh);
        _container.Refuses = refuses;

        var (exitCode, _, error) = await RunAsync(host, "--from", from);

        Assert.Equal(1, exitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=x", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Say where events go")]
    [InlineData("needs --event-key", "--functions-url", "https://functions.test/")]
    [InlineData("Say where events go", "--functions-url", "https://functions.test/", "--event-key", "k", "--topic", "https://topic.test/api/events")]
    [InlineData("has to be an https address", "--topic", "http://topic.test/api/events")]
    [InlineData("'12h30m' is no time. Write 2026-11-24T09:00Z, or 90m, 6h or 2d for a time ago", "--topic", "https://topic.test/", "--since", "12h30m")]
    public async Task The_target_has_to_be_said_once_and_whole(string expected, params string[] arguments)
    {
        var (exitCode, _, error) = await InvokeAsync(["--from", _folder, .. arguments]);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_topic_takes_our_own_events_only()
    {
        await WriteAsync($"[{Quiet},{Failing}]");

        var (_, output, _) = await InvokeAsync(["--from", _folder, "--topic", "https://topic.test/api/events", "--dry-run"]);

        Assert.Contains("1 would be replayed, 1 skipped, 0 failed.", output, StringComparison.Ordinal);
        Assert.Contains("its topic carries no others: use --functions-url", output, StringComparison.Ordinal);
    }

    private async Task WriteAsync(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File) ?? "");
        await global::System.IO.File.WriteAllTextAsync(File, text, Cancellation);
    }

    private async Task<JsonArray> ReadAsync() => JsonNode.Parse(await global::System.IO.File.ReadAllTextAsync(File, Cancellation)) as JsonArray ?? [];

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(FunctionsHost host, params string[] arguments)
    {
        var (key, ca) = (Path.Combine(_folder, "event-key"), Path.Combine(_folder, "ca.pem"));
        await global::System.IO.File.WriteAllTextAsync(key, host.Keys.EventGrid, Cancellation);
        await global::System.IO.File.WriteAllTextAsync(ca, host.Webhooks.CaBundle, Cancellation);
        string[] target = arguments.Contains("--event-key") ? [] : ["--event-key", key];
        return await InvokeAsync([.. arguments, "--functions-url", host.Webhooks.BaseUrl.ToString(), "--ca-bundle", ca, .. target]);
    }

    private async Task<(int ExitCode, string Output, string Error)> InvokeAsync(string[] arguments)
    {
        var connections = new ReplayConnections
        {
            Credential = () => DelegatedTokenCredential.Create((_, _) => new AccessToken("token", DateTimeOffset.MaxValue)),
            BlobTransport = new HttpClientTransport(_container),
        };
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var exitCode = await new RootCommand { EventsCommands.Create(connections, new FakeTimeProvider(Now)) }
            .Parse(["events", "replay", .. arguments])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, Cancellation);
        return (exitCode, output.ToString(), error.ToString());
    }
}
