using System.Text.Json.Nodes;
using Isthmus.Cli.Inject;
using Isthmus.Core.Json;
using Xunit;

namespace Isthmus.System.Tests.Injection;

public sealed class InjectCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("isthmus-test-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public static TheoryData<string> Versions => [.. InjectionCase.Versions];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Injects_a_deployment_as_Istio_injects_its_pods(string version)
    {
        var hello = InjectionCase.Read(version, "hello");
        JsonObject deployment = Deployment(hello);

        Assert.Equal(0, await RunAsync(Request(hello) with { Files = [Write("d.yaml", Yaml.Write(deployment))] }));

        JsonNode? template = Yaml.Read(_output.ToString())?["spec"]?["template"];
        Assert.Equal(PodComparison.Normal(hello.Expected["spec"]), PodComparison.Normal(template?["spec"]));
        Assert.Null(template?["metadata"]?["ownerReferences"]);
        Assert.Null(template?["metadata"]?["namespace"]);
        Assert.Equal("", _errors.ToString());
    }

    [Fact]
    public async Task Reads_several_documents_lists_and_standard_input_and_leaves_other_objects_alone()
    {
        var hello = InjectionCase.Read("1.30.3", "hello");
        var list = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = new JsonArray(Deployment(hello)) };
        string text = $"{Yaml.Write(list)}---\n{Yaml.Write(Cron(hello))}---\napiVersion: v1\nkind: Service\nmetadata:\n  name: s\n---\n{Yaml.Write(Named(hello.Pod))}";

        Assert.Equal(0, await RunAsync(Request(hello) with { Files = ["-"] }, text));

        IReadOnlyList<JsonNode> documents = Yaml.ReadAll(_output.ToString());
        Assert.Equal(["List", "CronJob", "Service", "Pod"], documents.Select(document => (string?)document["kind"]));
        Assert.Contains("istio-proxy", documents[0].ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("/apis/batch/v1/namespaces/default/cronjobs/c", documents[1].ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"s\"}}", documents[2].ToJsonString());
        Assert.Contains("istio-proxy", documents[3].ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_the_settings_from_a_cluster()
    {
        var hello = InjectionCase.Read("1.31.0-rc.0", "hello");
        await using var cluster = await IstioCluster.StartAsync(hello.ClusterObjects());
        var request = new InjectRequest { Files = [Write("d.yaml", Yaml.Write(Deployment(hello)))], Settings = new InjectSettingsRequest { Kubeconfig = cluster.Kubeconfig } };

        Assert.Equal(0, await RunAsync(request));

        Assert.Equal(PodComparison.Normal(hello.Expected["spec"]), PodComparison.Normal(Yaml.Read(_output.ToString())?["spec"]?["template"]?["spec"]));
    }

    [Fact]
    public async Task Answers_a_review_as_the_webhook_does()
    {
        var hello = InjectionCase.Read("1.30.3", "hello");

        Assert.Equal(0, await RunAsync(Request(hello) with { Review = Write("r.json", hello.Review().ToJsonString()) }));

        JsonNode? response = JsonNode.Parse(_output.ToString())?["response"];
        JsonNode? pod = JsonPatch.Apply(hello.Pod, Assert.IsType<JsonArray>(JsonNode.Parse(Convert.FromBase64String(response?["patch"]?.ToString() ?? ""))));
        Assert.Equal(PodComparison.Normal(hello.Expected), PodComparison.Normal(pod));
    }

    [Fact]
    public async Task Names_each_object_that_cannot_be_injected_and_prints_none()
    {
        var hello = InjectionCase.Read("1.30.3", "hello");
        JsonObject bad = Deployment(hello);
        bad["spec"]?["template"]?["metadata"]?.AsObject().Add("annotations", new JsonObject { ["status.sidecar.istio.io/port"] = "many" });
        string text = $"{Yaml.Write(bad)}---\n{Yaml.Write(Deployment(hello))}---\n{Yaml.Write(bad)}";

        Assert.Equal(1, await RunAsync(Request(hello) with { Files = [Write("d.yaml", text)] }));

        Assert.Equal(2, _errors.ToString().Split("Deployment default/hello: ").Length - 1);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task Says_all_that_is_wrong_with_the_settings()
    {
        var hello = InjectionCase.Read("1.30.3", "hello");
        InjectRequest request = Request(hello);
        request = request with { Files = ["-"], Settings = request.Settings with { Values = Write("values", "{"), MeshConfig = Write("mesh", "trustDomain: 1") } };

        Assert.Equal(1, await RunAsync(request));

        Assert.Contains("values: ", _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("mesh: ", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_options_that_do_not_go_together()
    {
        Assert.Equal(1, await RunAsync(new InjectRequest { Files = ["-"], Settings = new InjectSettingsRequest() }));
        Assert.Equal(1, await RunAsync(new InjectRequest { Settings = new InjectSettingsRequest() }));
        Assert.Contains("--kubeconfig", _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("--review", _errors.ToString(), StringComparison.Ordinal);
    }

    private async Task<int> RunAsync(InjectRequest request, string input = "")
    {
        using var reader = new StringReader(input);
        return await new InjectRun(reader, _output, _errors).RunAsync(request, TestContext.Current.CancellationToken);
    }

    private InjectRequest Request(InjectionCase from) => new()
    {
        Settings = new InjectSettingsRequest
        {
            Config = Write("config", from.Config),
            Values = Write("values", from.Values),
            MeshConfig = Write("mesh", from.Mesh),
            IstioVersion = from.Version,
            Environment = [.. from.Environment.Select(variable => $"{variable.Key}={variable.Value}")],
            Nodes = Write("nodes.json", from.Env["nodes"]?.ToJsonString() ?? "[]"),
            Namespaces = Write("namespaces.json", from.Env["namespaces"]?.ToJsonString() ?? "[]"),
        },
    };

    private string Write(string name, string text)
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }

    private static JsonObject Deployment(InjectionCase from) => new()
    {
        ["apiVersion"] = "apps/v1",
        ["kind"] = "Deployment",
        ["metadata"] = new JsonObject { ["name"] = "hello" },
        ["spec"] = new JsonObject { ["template"] = Template(from) },
    };

    private static JsonObject Cron(InjectionCase from) => new()
    {
        ["apiVersion"] = "batch/v1",
        ["kind"] = "CronJob",
        ["metadata"] = new JsonObject { ["name"] = "c" },
        ["spec"] = new JsonObject { ["jobTemplate"] = new JsonObject { ["spec"] = new JsonObject { ["template"] = Template(from) } } },
    };

    private static JsonObject Template(InjectionCase from)
    {
        var labels = Assert.IsType<JsonObject>(from.Pod["metadata"]?["labels"]?.DeepClone());
        labels.Remove("pod-template-hash");
        return new JsonObject { ["metadata"] = new JsonObject { ["labels"] = labels }, ["spec"] = from.Pod["spec"]?.DeepClone() };
    }

    private static JsonObject Named(JsonObject pod) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject { ["name"] = "p" },
        ["spec"] = pod["spec"]?.DeepClone(),
    };
}
