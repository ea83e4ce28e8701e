using System.CommandLine;
using System.Text.Json.Nodes;
using Isthmus.Cli.Endpoints;
using Isthmus.Core.Endpoints;
using Xunit;

namespace Isthmus.System.Tests.Endpoints;

public sealed class EndpointsCommandTests : IDisposable
{
    private const string Case = """
        {"clusterName":"outbound|80||a.shop.svc.cluster.local","servicePort":80,"proxy":{"network":"n1","cluster":"c1"},
         "gateways":[{"network":"n2","cluster":"c2","address":"2.2.2.2","port":15443}],
         "endpoints":[
           {"network":"n1","cluster":"c1","locality":"","address":"10.0.0.1","port":8080,"weight":0,"tlsMode":"istio"},
           {"network":"n2","cluster":"c2","locality":"","address":"20.0.0.1","port":8080,"weight":2,"tlsMode":"istio"},
           {"network":"n2","cluster":"c2","locality":"","address":"20.0.0.2","port":8080,"weight":0,"tlsMode":""}]}
        """;

    private const string Answer =
        """[{"locality":"","priority":0,"hasWeight":true,"weight":3,"endpoints":[{"address":"10.0.0.1","port":8080,"weight":1,"health":"HEALTHY","metadata":{"filterMetadata":{"envoy.transport_socket_match":{"tlsMode":"istio"},"istio":{"workload":";;;;c1"}}}},{"address":"2.2.2.2","port":15443,"weight":2,"health":"UNKNOWN","metadata":{"filterMetadata":{"envoy.transport_socket_match":{"tlsMode":"istio"},"istio":{"workload":";;;;c1"}}}}]}]""";

    private static readonly string OneLine = Case.ReplaceLineEndings("");
    private readonly string _folder = Directory.CreateTempSubdirectory("isthmus-test-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Answers_one_object_over_many_lines_with_one_line()
    {
        Assert.Equal(0, await RunAsync(Case));
        Assert.Equal(Answer, _output.ToString().TrimEnd());
        Assert.Equal("", _errors.ToString());
    }

    [Fact]
    public async Task Answers_each_line_of_standard_input_with_a_line()
    {
        Assert.Equal(0, await RunAsync("", file: "-", input: $"{OneLine}\n\n{OneLine}\n"));
        Assert.Equal([Answer, Answer], _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [Fact]
    public async Task Explains_each_endpoint_with_the_rule()
    {
        Assert.Equal(0, await RunAsync(Case, explain: true));
        Assert.Equal(
            [
                "10.0.0.1:8080 (c1, n1): direct; rule 6: on the proxy's network",
                "20.0.0.1:8080 (c2, n2): behind 2.2.2.2:15443; rule 5: by the gateways of its cluster",
                "20.0.0.2:8080 (c2, n2): left out; rule 7: its label security.istio.io/tlsMode is not istio (no sidecar), and only mutual TLS passes a gateway",
            ],
            _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [Theory]
    [InlineData("{\"a\":1}\n{\"a\":", "line 2: this is no JSON")]
    [InlineData("{\n\"a\": 1,\n\"b\": x\n}", "line 3: this is no JSON (one object, or one object a line)")]
    [InlineData("[1]", "line 1: this is no object")]
    [InlineData("", "line 1: no object here")]
    [InlineData("{\"a\":1,\"a\":2}", "line 1: this is no JSON")]
    public async Task Text_that_is_no_snapshot_is_told_with_its_line(string text, string message)
    {
        Assert.Equal(1, await RunAsync(text));
        Assert.Contains(message, _errors.ToString(), StringComparison.Ordinal);
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public async Task Every_fault_of_every_line_is_told_and_nothing_is_answered()
    {
        var bad = JsonNode.Parse(Case)?.AsObject() ?? [];
        bad["clusterName"] = "inbound|80||";
        bad["endpoints"]?[1]?.AsObject()["weight"] = -1;
        bad["endpoints"]?[2]?.AsObject()["labels"] = new JsonArray();
        bad.Remove("proxy");

        Assert.Equal(1, await RunAsync($"{OneLine}\n{bad.ToJsonString()}\n"));

        var errors = _errors.ToString();
        Assert.Contains("line 2: clusterName: 'inbound|80||' is not outbound|PORT|SUBSET|HOST", errors, StringComparison.Ordinal);
        Assert.Contains("line 2: endpoints[1].weight: must be a whole number from 0 to 4294967295", errors, StringComparison.Ordinal);
        Assert.Contains("line 2: endpoints[2].labels: must be an object of strings", errors, StringComparison.Ordinal);
        Assert.Contains("line 2: proxy: is missing", errors, StringComparison.Ordinal);
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_told()
    {
        Assert.Equal(1, await RunAsync("", file: Path.Combine(_folder, "none.json")));
        Assert.Contains("none.json", _errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cannot parse argument 'x' for option '--port'", "endpoints", "reviews.shop", "--port", "x", "--mesh", "mesh.yaml", "--cluster", "east")]
    [InlineData("--snapshot holds all inputs; leave out --port, --subset.", "endpoints", "--snapshot", "-", "--port", "80", "--subset", "v1")]
    [InlineData("Missing: host, --cluster.", "endpoints", "--mesh", "mesh.yaml")]
    public void A_command_line_that_does_not_fit_is_told(string message, params string[] arguments)
    {
        var parsed = new RootCommand { EndpointsCommand.Create() }.Parse(arguments);
        Assert.Contains(parsed.Errors, error => error.Message.StartsWith(message, StringComparison.Ordinal));
    }

    private Task<int> RunAsync(string text, string? file = null, string input = "", bool explain = false)
    {
        var snapshot = Path.Combine(_folder, "snapshot.json");
        File.WriteAllText(snapshot, text);
        return new EndpointsRun(new StringReader(input), _output, _errors).SnapshotAsync(file ?? snapshot, Compatibility.None, explain, CancellationToken.None);
    }
}
