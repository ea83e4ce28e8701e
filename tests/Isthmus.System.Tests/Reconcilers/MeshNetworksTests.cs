using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Xunit;

namespace Isthmus.System.Tests.Reconcilers;

/// <summary>Istio's ConfigMaps, one for each revision, which somebody edits in between what a run reads and what it writes.</summary>
public sealed class MeshNetworksTests
{
    private const string East = "name: east, network: n1, gateway: {addresses: [20.0.0.1]}";
    private const string West = "name: west, network: n2, controlPlane: east, gateway: {addresses: [20.0.0.2]}";
    private const string North = "name: north, network: n3, controlPlane: east, gateway: {addresses: [20.0.0.3]}";

    /// <summary>By ConfigMap what somebody writes into it: comments, line ends, anchors, block scalars, what ends without a line feed.</summary>
    private static readonly Dictionary<string, string> Theirs = new(StringComparer.Ordinal)
    {
        ["istio"] = "# by hand\n\nnetworks:   # ours to keep\n  'old net':\n    endpoints: [ {fromRegistry: legacy} ]  \n\n    gateways: []\n# the end, without a line's end",
        ["istio-crlf"] = "# by hand\r\nnetworks:\r\n  'old net': {}   \r\n",
        ["istio-anchors"] = "x-gateway: &gw {address: 1.2.3.4, port: 443}\nnetworks:\n  'old net': &net\n    gateways: [*gw]\n  \"other\": *net\n",
        ["istio-blocks"] = "note: |+\n  networks: {}\n  # not a comment  \n\nnetworks: {}   # none yet\nlast: >-\n  a\n  b",
        ["istio-empty"] = "",
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_others_write_at_the_same_time_is_there_byte_for_byte_beside_ours_and_after_it()
    {
        await using var mesh = await ServedMesh.StartAsync([East, West, North]);
        foreach (var name in Theirs.Keys.Where(name => name != "istio"))
            await mesh.CreateAsync("east", ResourceKind.ConfigMap, $"{{metadata: {{name: {name}, namespace: istio-system}}, data: {{mesh: '{{}}', meshNetworks: 'networks: {{}}'}}}}");

        var edits = new ConcurrentDictionary<string, int>();
        await mesh.RunAsync(Racing(mesh, edits, (name, _) => new() { ["meshNetworks"] = Theirs[name], ["mesh"] = "trustDomain:   cluster.local   # spaces\r\n", ["other"] = "\ttab" }));

        foreach (var (name, text) in Theirs)
        {
            var written = await TextAsync(mesh, name);
            var networks = Assert.IsType<JsonObject>(Yaml.Read(written)?["networks"]).Select(network => network.Key).ToList();
            Assert.Equal(["n1", "n2", "n3"], networks.Where(network => network.StartsWith('n')));
            Assert.Equal(text.Contains("old net", StringComparison.Ordinal), networks.Contains("old net"));
            // Nothing of theirs but the empty value, which the note keeps.
            Assert.Empty(text.Split('\n').Except(written.Split('\n').Append("networks: {}   # none yet")));
            Assert.True(edits[name] >= 2, $"{name} was edited {edits[name]} times");
        }

        edits.Clear();
        await mesh.WriteDocumentAsync(East, West + ", state: leaving", North + ", state: leaving");
        await mesh.RunAsync(Racing(mesh, edits, (_, standing) => new() { ["meshNetworks"] = "# first of all\n" + standing }));

        foreach (var (name, text) in Theirs)
        {
            var data = Assert.IsType<JsonObject>((await mesh.FindAsync("east", ResourceKind.ConfigMap, "istio-system", name))?["data"]);
            Assert.Equal("# first of all\n# first of all\n" + text, ObjectMetadata.TextOf(data["meshNetworks"]));
            Assert.Equal("trustDomain:   cluster.local   # spaces\r\n", ObjectMetadata.TextOf(data["mesh"]));
            Assert.Equal("\ttab", ObjectMetadata.TextOf(data["other"]));
        }
    }

    [Theory]
    [InlineData("networks:\n  n2: {gateways: [{address: 9.9.9.9, port: 15443}]}   # by hand", "has a network 'n2' of somebody else, which stays; ours would be")]
    [InlineData("networks: {n2: {gateways: []}}", "is left as it is: networks is written in flow style")]
    [InlineData("networks:\n- n2", "is left as it is: networks is not a map of networks")]
    [InlineData("networks: [", "is left as it is: networks is not a map of networks")]
    [InlineData("networks: 'open", "is left as it is: it is not YAML: line 1")]
    public async Task What_somebody_wrote_unmarked_is_reported_and_never_changed(string theirs, string reason)
    {
        await using var mesh = await ServedMesh.StartAsync([East, West]);
        await WriteAsync(mesh, "istio", new() { ["meshNetworks"] = theirs });

        var report = await mesh.RunAsync();

        Assert.Contains(report.Skipped, entry => entry is { Kind: "ConfigMap", Name: "istio" } && entry.Reason?.Contains(reason, StringComparison.Ordinal) == true);
        var text = await TextAsync(mesh, "istio");
        Assert.Empty(theirs.Split('\n').Except(text.Split('\n')));
        Assert.Equal(theirs, string.Join('\n', text.Split('\n').Where(line => theirs.Split('\n').Contains(line))));
        await mesh.WriteDocumentAsync(East, West + ", state: leaving");
        await mesh.RunAsync();
        Assert.Equal(theirs, await TextAsync(mesh, "istio"));
    }

    private static WatchedRequests Racing(ServedMesh mesh, ConcurrentDictionary<string, int> edits, Func<string, string, Dictionary<string, string>> edit) => new()
    {
        Before = async (_, request) =>
        {
            var path = request.RequestUri?.AbsolutePath ?? "";
            var name = path[(path.LastIndexOf('/') + 1)..];
            if (request.Method == HttpMethod.Put && path.Contains("/istio-system/configmaps/", StringComparison.Ordinal) && edits.AddOrUpdate(name, 1, (_, count) => count + 1) <= 2)
                await WriteAsync(mesh, name, edit(name, await TextAsync(mesh, name)));
        },
    };

    private static async Task WriteAsync(ServedMesh mesh, string name, Dictionary<string, string> entries)
    {
        var live = await mesh.FindAsync("east", ResourceKind.ConfigMap, "istio-system", name) ?? [];
        var data = Assert.IsType<JsonObject>(live["data"]);
        foreach (var (key, value) in entries)
            data[key] = value;
        await mesh.Api("east").ReplaceAsync(ResourceKind.ConfigMap, live, Cancel);
    }

    private static async Task<string> TextAsync(ServedMesh mesh, string name) =>
        ObjectMetadata.TextOf((await mesh.FindAsync("east", ResourceKind.ConfigMap, "istio-system", name))?["data"]?["meshNetworks"]) ?? "";
}
