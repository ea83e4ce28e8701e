using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Relay;
using Isthmus.Core.Tests.Planning;
using Isthmus.Core.Webhooks;
using Xunit;

namespace Isthmus.Core.Tests.Relay;

public sealed class RelayPlannerTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly ClusterName East = new("east");
    private static readonly WebhookSettings Settings = new() { BaseUrl = new Uri("https://isthmus.example.com/"), Keys = [[1], [2]] };

    private readonly FakeState _state = [];
    private DateTimeOffset _now = Start;

    [Fact]
    public void Webhooks_come_when_a_pod_is_ready_and_stay_from_then_on()
    {
        Run();
        Assert.Equal(["isthmus-relay", "isthmus-relay-tls"], Names(ResourceKind.Secret));
        Assert.Empty(Names(ResourceKind.MutatingWebhookConfiguration));
        Assert.Contains(Plan().Actions.OfType<PlannedAction.Skipped>(), skipped => skipped.Reason.Contains("isthmus-relay is ready", StringComparison.Ordinal));
        SetReady(1);
        Run();
        Assert.Equal(["isthmus-injector"], Names(ResourceKind.MutatingWebhookConfiguration));
        SetReady(0);
        Assert.False(Plan().HasWrites);
    }

    [Fact]
    public void Tokens_stand_in_the_configurations_Secret_alone()
    {
        Ready();
        foreach (var purpose in new[] { WebhookPurpose.Inject, WebhookPurpose.Changes })
        {
            var token = WebhookToken.Compute([1], East, purpose);
            Assert.Contains(token, Nginx(), StringComparison.Ordinal);
            Assert.All(_state.Where(entry => entry.Key.Kind != ResourceKind.Secret), entry => Assert.DoesNotContain(token, entry.Value.ToJsonString(), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Nothing_is_left_to_plan_though_the_server_adds_fields()
    {
        Ready();
        var deployment = _state[RelayNames.Deployment(East)];
        deployment["spec"]?.AsObject().Add("progressDeadlineSeconds", 600);
        deployment["spec"]?["template"]?["spec"]?.AsObject().Add("schedulerName", "default-scheduler");
        deployment["spec"]?["template"]?["spec"]?["containers"]?[0]?.AsObject().Add("terminationMessagePath", "/dev/termination-log");
        _state[RelayNames.Service(East)]["spec"]?.AsObject().Add("clusterIP", "10.0.0.7");
        Assert.False(Plan().HasWrites);
        deployment["spec"]?.AsObject().Remove("replicas");
        deployment["spec"]?.AsObject().Add("replicas", 1);
        Assert.Equal(RelayNames.Deployment(East), Assert.Single(Plan().Actions, action => action.IsWrite).Id);
    }

    [Fact]
    public void A_certificate_is_renewed_in_two_steps_and_every_step_is_trusted_by_the_bundle_before_it()
    {
        Ready();
        var bundles = new List<string> { Bundle() };
        var served = new List<string> { Served() };
        _now += TimeSpan.FromDays(364);
        Assert.False(Plan().HasWrites);
        _now += TimeSpan.FromDays(2);
        Run();
        // Trusted from now on by whoever starts, and served by the end of the present one.
        Assert.Equal(served[0], Served());
        Assert.NotEqual(bundles[0], Bundle());
        bundles.Add(Bundle());
        _now += TimeSpan.FromDays(335);
        for (var step = 0; Plan() is { HasWrites: true } plan; step++)
        {
            // One write at a time, as if the runner died after each.
            _state.Apply(new Plan([plan.Actions.First(action => action.IsWrite)]));
            Assert.True(step < 10);
            Assert.All([served[^1], Served()], leaf => Assert.True(IsTrusted(leaf, Bundle())));
            if (Served() != served[^1])
                served.Add(Served());
        }

        Assert.Equal(2, served.Count);
        Assert.StartsWith(bundles[0], bundles[1], StringComparison.Ordinal);
        Assert.False(Plan().HasWrites);
    }

    [Fact]
    public void A_certificate_that_somebody_spoilt_is_made_anew()
    {
        Ready();
        _state[RelayNames.Certificate(East)]["data"]?.AsObject().Remove("tls.key");
        Run();
        Assert.True(IsTrusted(Served(), Bundle()));
    }

    [Fact]
    public void Coming_from_url_the_old_webhooks_go_on_until_the_relay_is_ready()
    {
        Run("");
        Assert.Contains("https://isthmus.example.com", Injector(), StringComparison.Ordinal);
        Run();
        Assert.Contains("https://isthmus.example.com", Injector(), StringComparison.Ordinal);
        SetReady(2);
        Run();
        Assert.DoesNotContain("https://", Injector(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(", state: leaving")]
    public void Where_no_relay_is_wanted_any_more_all_of_it_goes(string cluster)
    {
        Ready();
        Run(cluster);
        Assert.DoesNotContain(_state.Keys, id => id.Name.StartsWith("isthmus-relay", StringComparison.Ordinal));
        Assert.Equal(cluster.Length == 0, _state.Keys.Any(id => id.Kind == ResourceKind.MutatingWebhookConfiguration));
    }

    [Fact]
    public void Somebody_elses_objects_of_these_names_are_left_alone()
    {
        var theirs = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "isthmus-relay", ["namespace"] = "isthmus-system" }, ["spec"] = new JsonObject() };
        _state[RelayNames.Deployment(East)] = theirs;
        Run();
        Assert.Equal("{}", _state[RelayNames.Deployment(East)]["spec"]?.ToJsonString());
        Run(", state: leaving");
        Assert.True(_state.ContainsKey(RelayNames.Deployment(East)));
    }

    [Fact]
    public void Another_configuration_replaces_the_pods_and_a_renewed_certificate_does_not()
    {
        Ready();
        var before = Template();
        _now += TimeSpan.FromDays(366);
        Run();
        Assert.Equal(before, Template());
        Run(", webhook: {reach: relay, image: registry.example/nginx:2}");
        Assert.NotEqual(before, Template());
    }

    [Theory]
    [InlineData("10.0.0.10", "resolver 10.0.0.10 valid", "listen 8443 ssl")]
    [InlineData("fd00::a", "resolver [fd00::a] valid", "listen [::]:8443 ssl")]
    [InlineData(null, "resolver kube-dns.kube-system.svc.cluster.local valid", "listen 8443 ssl")]
    public void The_clusters_own_name_server_is_asked(string? address, string resolver, string listen)
    {
        if (address is not null)
            _state[FindDns] = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "kube-dns" }, ["spec"] = new JsonObject { ["clusterIP"] = address } };
        Run();
        Assert.Contains(resolver, Nginx(), StringComparison.Ordinal);
        Assert.Contains(listen, Nginx(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nginx_gives_up_before_the_API_server_does()
    {
        Run(", webhook: {reach: relay}", "  injection: {timeoutSeconds: 10, fallback: none}\n");
        Assert.Contains("set $args timeout=7s;", Nginx(), StringComparison.Ordinal);
        Assert.Contains("proxy_connect_timeout 2500ms;", Nginx(), StringComparison.Ordinal);
        Assert.Contains("proxy_read_timeout 7000ms;", Nginx(), StringComparison.Ordinal);
        Assert.Contains("proxy_read_timeout 700ms;", Nginx(), StringComparison.Ordinal);
        Assert.Contains("failurePolicy Fail", Nginx(), StringComparison.Ordinal);
        Assert.Contains("@wait3", Nginx(), StringComparison.Ordinal);
        Run();
        Assert.DoesNotContain("@wait", Nginx(), StringComparison.Ordinal);
    }

    [Fact]
    public void Pods_have_no_token_no_rights_and_no_writable_root()
    {
        Run();
        var pod = _state[RelayNames.Deployment(East)]["spec"]?["template"]?["spec"];
        Assert.Equal("false", pod?["automountServiceAccountToken"]?.ToJsonString());
        var container = pod?["containers"]?[0]?["securityContext"];
        Assert.Equal("true", container?["readOnlyRootFilesystem"]?.ToJsonString());
        Assert.Equal("false", container?["allowPrivilegeEscalation"]?.ToJsonString());
        Assert.Equal("""["ALL"]""", container?["capabilities"]?["drop"]?.ToJsonString());
        Assert.Equal(2, (int?)_state[RelayNames.Deployment(East)]["spec"]?["replicas"]);
        Assert.Equal(1, (int?)_state[RelayNames.Budget(East)]["spec"]?["minAvailable"]);
    }

    private static ObjectId FindDns => new(East, ResourceKind.Service, "kube-system", "kube-dns");

    private void Ready()
    {
        Run();
        SetReady(2);
        Run();
    }

    private void Run(string cluster = ", webhook: {reach: relay}", string spec = "")
    {
        for (var plan = Plan(cluster, spec); plan.HasWrites; plan = Plan(cluster, spec))
            _state.Apply(plan);
    }

    private Plan Plan(string cluster = ", webhook: {reach: relay}", string spec = "")
    {
        var parsed = MeshDocument.Parse($$"""
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: m}
            spec:
            {{spec}}  clusters:
              - {name: east, network: n-east, access: {kubeconfig: k}{{cluster}}}
            """);
        var mesh = parsed.Document ?? throw new InvalidOperationException(string.Join("; ", parsed.Errors));
        var seen = new ClusterSetupSnapshot(Find(WebhookPlanner.SystemNamespace(East)), Kind(ResourceKind.MutatingWebhookConfiguration), Kind(ResourceKind.ValidatingWebhookConfiguration))
        {
            Relay = new RelaySnapshot
            {
                Configuration = Find(RelayNames.Configuration(East)),
                Certificate = Find(RelayNames.Certificate(East)),
                Service = Find(RelayNames.Service(East)),
                Deployment = Find(RelayNames.Deployment(East)),
                Budget = Find(RelayNames.Budget(East)),
                ClusterDns = Find(FindDns),
                Now = _now,
            },
        };
        List<JsonObject> webhooks = [.. seen.MutatingWebhooks, .. seen.ValidatingWebhooks];
        if (RelayPlanner.NeedsCertificate(mesh.Clusters[0], seen.Relay, webhooks))
            seen = seen with { Relay = seen.Relay with { Fresh = Make(_now) } };
        return WebhookPlanner.Plan(mesh, mesh.Clusters[0], Settings, seen);
    }

    private JsonObject? Find(ObjectId id) => _state.GetValueOrDefault(id)?.DeepClone() as JsonObject;

    private List<JsonObject> Kind(ResourceKind kind) => [.. _state.Where(entry => entry.Key.Kind == kind).Select(entry => (JsonObject)entry.Value.DeepClone())];

    private IEnumerable<string> Names(ResourceKind kind) => _state.Keys.Where(id => id.Kind == kind).Select(id => id.Name).Order(StringComparer.Ordinal);

    private void SetReady(int replicas) => _state[RelayNames.Deployment(East)]["status"] = new JsonObject { ["readyReplicas"] = replicas };

    private string Injector() => _state.Single(entry => entry.Key.Kind == ResourceKind.MutatingWebhookConfiguration).Value.ToJsonString();

    private string Template() => _state[RelayNames.Deployment(East)]["spec"]?["template"]?.ToJsonString() ?? "";

    private string Nginx() => Text(_state[RelayNames.Configuration(East)]["data"]?["nginx.conf"]);

    private string Served() => Text(_state[RelayNames.Certificate(East)]["data"]?["tls.crt"]);

    private string Bundle() => Text(_state.Single(entry => entry.Key.Kind == ResourceKind.MutatingWebhookConfiguration).Value["webhooks"]?[0]?["clientConfig"]?["caBundle"]);

    private static string Text(JsonNode? base64) => Encoding.UTF8.GetString(Convert.FromBase64String(ObjectMetadata.TextOf(base64) ?? ""));

    private bool IsTrusted(string leaf, string bundle)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = _now.UtcDateTime;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(bundle);
        using var certificate = X509Certificate2.CreateFromPem(leaf);
        return chain.Build(certificate);
    }

    private static RelayCertificate Make(DateTimeOffset now)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=relay {Convert.ToHexString(RandomNumberGenerator.GetBytes(4))}", rootKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        using var root = request.CreateSelfSigned(now, now + RelayPlanner.CertificateLifetime);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = new CertificateRequest("CN=isthmus-relay", key, HashAlgorithmName.SHA256).Create(root, now, now + RelayPlanner.CertificateLifetime, RandomNumberGenerator.GetBytes(8));
        return new RelayCertificate(root.ExportCertificatePem() + "\n", leaf.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
