using System.Text;
using System.Text.Json.Nodes;
using BenchmarkDotNet.Attributes;
using Isthmus.Core.Injection;

namespace Isthmus.Benchmarks.Injection;

/// <summary>One AdmissionReview in process, from the bytes of the request to the bytes of the answer, on one thread.</summary>
[MemoryDiagnoser]
public class ReviewBenchmarks
{
    private static readonly ClusterFacts Facts = ClusterFacts.None;
    private static readonly InjectPath Path = InjectPath.Parse("/inject");
    private InjectionSettings? _settings;
    private byte[] _review = [];
    private byte[][] _distinct = [];
    private byte[] _large = [];
    private int _next;

    [GlobalSetup]
    public void Load()
    {
        var loaded = InjectionSettings.Load(new InjectionSettingsInput
        {
            ConfigYaml = BenchFiles.Text("config"),
            ValuesJson = BenchFiles.Text("values"),
            MeshYaml = BenchFiles.Text("mesh"),
            Version = IstioVersion.TryParse("1.14.6", out var version) ? version : throw new InvalidOperationException("1.14.6 is no version."),
        });
        _settings = loaded.Settings ?? throw new InvalidOperationException(string.Join(Environment.NewLine, loaded.Errors));
        _review = BenchFiles.Bytes("review.json");
        _distinct = [.. Enumerable.Range(0, 4096).Select(Distinct)];
        _large = Large(2_000);
        foreach (var body in new[] { _review, _distinct[0], _large })
        {
            var answer = Encoding.UTF8.GetString(Answer(body));
            if (!answer.Contains("JSONPatch", StringComparison.Ordinal)) throw new InvalidOperationException("The review was not injected: " + answer);
        }
    }

    /// <summary>The same workload again and again, as the pods of one ReplicaSet.</summary>
    [Benchmark(Baseline = true)]
    public byte[] Same_workload() => Answer(_review);

    /// <summary>4,096 workloads in turn: more than the cache of rendered templates keeps.</summary>
    [Benchmark]
    public byte[] Another_workload_each_time() => Answer(_distinct[_next++ % _distinct.Length]);

    /// <summary>A pod whose container has 2,000 environment variables.</summary>
    [Benchmark]
    public byte[] Two_thousand_variables() => Answer(_large);

    private byte[] Answer(byte[] body)
    {
        var settings = _settings ?? throw new InvalidOperationException("The settings are not loaded.");
        var outcome = Injector.Review(settings, Facts, Path, body);
        return Encoding.UTF8.GetBytes((outcome.Response ?? throw new InvalidOperationException("The review has no answer.")).ToJsonString());
    }

    private static byte[] Distinct(int number)
    {
        var review = Parse();
        var metadata = Pod(review)["metadata"]?.AsObject() ?? throw new InvalidDataException("The review's pod has no metadata.");
        var labels = metadata["labels"]?.AsObject() ?? throw new InvalidDataException("The review's pod has no labels.");
        labels["app"] = $"workload-{number}";
        return Encoding.UTF8.GetBytes(review.ToJsonString());
    }

    private static byte[] Large(int variables)
    {
        var review = Parse();
        var container = Pod(review)["spec"]?["containers"]?[0]?.AsObject() ?? throw new InvalidDataException("The review's pod has no container.");
        container["env"] = new JsonArray([.. Enumerable.Range(0, variables).Select(i => new JsonObject { ["name"] = $"NAME_{i}", ["value"] = $"value {i}" })]);
        return Encoding.UTF8.GetBytes(review.ToJsonString());
    }

    private static JsonObject Parse() => JsonNode.Parse(BenchFiles.Bytes("review.json"))?.AsObject() ?? throw new InvalidDataException("review.json is empty.");

    private static JsonObject Pod(JsonObject review) => review["request"]?["object"]?.AsObject() ?? throw new InvalidDataException("review.json has no pod.");
}
