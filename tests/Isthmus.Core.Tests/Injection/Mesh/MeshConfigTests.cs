using System.Text.Json.Nodes;
using GoTemplate;
using Isthmus.Core.Injection;
using Isthmus.Core.Injection.Mesh;
using Xunit;

namespace Isthmus.Core.Tests.Injection.Mesh;

public sealed class MeshConfigTests
{
    private static readonly IstioVersion Old = new(1, 20, 8);
    private static readonly IstioVersion New = new(1, 31, 0);
    private static readonly Dictionary<string, string> NoLabels = [];

    [Fact]
    public void Starts_from_the_defaults_of_istiod()
    {
        var mesh = MeshConfig.Load("", New);
        Assert.Equal(("istio-system", 15020, true, false), (mesh.RootNamespace, mesh.StatusPort, mesh.EnablePrometheusMerge, mesh.InboundTrafficPolicyLocalhost));
        Assert.Equal("cluster.local", Field(mesh, "TrustDomain"));
        Assert.Equal("{}", Effective(mesh).ToProtoJson());
    }

    [Fact]
    public void Only_versions_before_1_22_trace_by_default()
    {
        Assert.Equal("zipkin.istio-system:9411", Field(Field(Call(Effective(MeshConfig.Load("", Old)), "GetTracing"), "Zipkin"), "Address"));
        Assert.True(Assert.IsType<IGoObject>(Call(Effective(MeshConfig.Load("", New)), "GetTracing"), exactMatch: false).IsNil);
    }

    [Theory]
    [InlineData("defaultConfig:\n  holdApplicationUntilProxyStarts: true", """{"holdApplicationUntilProxyStarts":true}""")]
    [InlineData("defaultConfig:\n  hold_application_until_proxy_starts: false\n  concurrency: 0", """{"concurrency":0,"holdApplicationUntilProxyStarts":false}""")]
    [InlineData("defaultConfig:\n  proxyMetadata: {B: x, A: \"<1>\"}", """{"proxyMetadata":{"A":"\u003c1\u003e","B":"x"}}""")]
    [InlineData("defaultConfig:\n  tracingServiceName: CANONICAL_NAME_ONLY", """{"tracingServiceName":"CANONICAL_NAME_ONLY"}""")]
    [InlineData("defaultConfig:\n  drainDuration: 1.5s\n  statusPort: \"15021\"\n  nonsense: [1]", """{"drainDuration":"1.500s","statusPort":15021}""")]
    [InlineData("defaultConfig:\n  image: {imageType: debug}\n  interceptionMode: TPROXY", """{"interceptionMode":"TPROXY","image":{"imageType":"debug"}}""")]
    [InlineData("defaultConfig:\n  tracing: {sampling: 12.5, zipkin: {address: \"z:9411\"}}", """{"tracing":{"zipkin":{"address":"z:9411"},"sampling":12.5}}""")]
    [InlineData("defaultConfig:\n  statusPort: 15020\n  discoveryAddress: istiod.istio-system.svc:15012", "{}")]
    public void Writes_what_differs_from_the_default(string yaml, string json) => Assert.Equal(json, Effective(MeshConfig.Load(yaml, New)).ToProtoJson());

    [Theory]
    [InlineData("defaultConfig: {statusPort: x}", "failed to convert to proto. proto: invalid value for int32 field statusPort: \"x\"")]
    [InlineData("defaultConfig: {proxyMetadata: {A: 1}}", "failed to convert to proto. proto: invalid value for string field proxyMetadata: 1")]
    [InlineData("defaultConfig: {proxyAdminPort: 70000}", "invalid proxy admin port: port number 70000 must be in the range 1..65535")]
    [InlineData("trustDomain: true", "failed to convert to proto. proto: invalid value for string field trustDomain: true")]
    [InlineData("a: [", "failed to convert to proto. yaml: line")]
    public void Says_why_settings_are_refused(string yaml, string message)
    {
        Assert.False(MeshConfig.TryLoad(yaml, New, out _, out string error));
        Assert.StartsWith(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Extension_providers_merge_by_name()
    {
        var mesh = MeshConfig.Load("extensionProviders:\n- name: otel\n  opentelemetry: {service: o, port: 4317, serviceAttributeEnrichment: OTEL_SEMANTIC_CONVENTIONS}\n- name: envoy\n  envoyFileAccessLog: {path: /x}", New);
        Assert.True(mesh.HasOtelSemanticConventions);
        Assert.Equal(["prometheus", "stackdriver", "envoy", "otel"], Assert.IsType<IReadOnlyList<object?>>(Field(mesh, "ExtensionProviders"), exactMatch: false).Select(provider => Field(provider, "Name")));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("concurrency: 2", null)]
    [InlineData("statusPort: x", "failed to convert to apply proxy config: proto: invalid value for int32 field statusPort: \"x\"")]
    [InlineData("just text", "failed to convert to apply proxy config: proto: syntax error (line 1:1): unexpected token \"just text\"")]
    [InlineData("drainDuration: 0.0001s", "invalid drain duration: duration must be greater than 1ms")]
    [InlineData("discoveryAddress: here", "invalid discovery address: unable to split \"here\": address here: missing port in address")]
    public void Checks_the_annotation(string yaml, string? error) => Assert.Equal(error, MeshConfig.Load("", New).ProxyConfigAnnotationError(yaml));

    [Fact]
    public void Levels_lie_on_each_other_in_the_order_of_Istio()
    {
        var mesh = MeshConfig.Load("defaultConfig: {proxyMetadata: {A: mesh, B: mesh, C: mesh, D: mesh, E: mesh}}", New);
        JsonObject[] resources =
        [
            Resource("shop", "2026-01-02", """{"selector":{"matchLabels":{"app":"x"}},"environmentVariables":{"E":"workload"}}"""),
            Resource("shop", "2026-01-03", """{"environmentVariables":{"C":"late"}}"""),
            Resource("shop", "2026-01-01", """{"environmentVariables":{"C":"namespace","D":"namespace"},"concurrency":0}"""),
            Resource("istio-system", "2026-01-05", """{"environmentVariables":{"B":"root","C":"root"},"image":{"imageType":"debug"}}"""),
        ];
        ProxyConfig proxy = EffectiveProxyConfig.For(mesh, resources, "shop", new Dictionary<string, string> { ["app"] = "x" }, "proxyMetadata: {D: annotation, E: annotation}\nstatusPort: 0");
        Assert.Equal(
            """{"concurrency":0,"proxyMetadata":{"A":"mesh","B":"root","C":"namespace","D":"annotation","E":"workload"},"image":{"imageType":"debug"}}""",
            proxy.ToProtoJson());
        Assert.Equal(("debug", 15020), (proxy.ImageType, proxy.StatusPort));
    }

    [Fact]
    public void Pods_without_settings_of_their_own_share_one_object()
    {
        var mesh = MeshConfig.Load("", New);
        Assert.Same(Effective(mesh), Effective(mesh));
    }

    [Theory]
    [InlineData("", null, false)]
    [InlineData("", "holdApplicationUntilProxyStarts: true", true)]
    [InlineData("defaultConfig: {holdApplicationUntilProxyStarts: true}", null, true)]
    [InlineData("defaultConfig: {holdApplicationUntilProxyStarts: true}", "holdApplicationUntilProxyStarts: false", false)]
    public void Knows_whether_apps_wait_for_the_proxy(string yaml, string? annotation, bool holds) =>
        Assert.Equal(holds, MeshConfig.Load(yaml, New).HoldApplicationUntilProxyStarts(annotation));

    [Fact]
    public void Getters_work_on_what_is_absent()
    {
        ProxyConfig proxy = Effective(MeshConfig.Load("", New));
        Assert.Equal("", Call(Call(Call(proxy, "GetTracing"), "GetTlsSettings"), "GetCaCertificates"));
        Assert.Equal(false, Call(Field(proxy, "HoldApplicationUntilProxyStarts"), "GetValue"));
        Assert.Equal("REDIRECT", Call(Field(proxy, "InterceptionMode"), "String"));
    }

    [Fact]
    public void The_table_agrees_with_the_messages_of_Istio()
    {
        JsonObject messages = Assert.IsType<JsonObject>(SharedFiles.Json("istio/injection/data/mesh-protos.json")["messages"]);
        foreach ((string name, ProtoType type) in new[] { ("MeshConfig", ProtoTypes.MeshConfig), ("ProxyConfig", ProtoTypes.ProxyConfig) })
        {
            JsonArray fields = Assert.IsType<JsonArray>(messages[$"istio.mesh.v1alpha1.{name}"]);
            Assert.Equal(fields.Select(field => ((string?)field?["json"], (string?)field?["proto"], (string?)field?["go"])), type.Fields.Select(field => ((string?)field.Json, (string?)field.Proto, (string?)field.Go)));
        }
    }

    private static ProxyConfig Effective(MeshConfig mesh) => EffectiveProxyConfig.For(mesh, [], "shop", NoLabels, null);

    private static JsonObject Resource(string ns, string created, string spec) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "p", ["namespace"] = ns, ["creationTimestamp"] = created + "T00:00:00Z" },
        ["spec"] = JsonNode.Parse(spec),
    };

    private static object? Field(object? target, string name) => Assert.IsType<IGoObject>(target, exactMatch: false).TryGetField(name, out object? value) ? value : throw new KeyNotFoundException(name);

    private static object? Call(object? target, string name) => Assert.IsType<IGoObject>(target, exactMatch: false).TryCallMethod(name, [], out object? value) ? value : throw new KeyNotFoundException(name);
}
