using System.Text.Json.Nodes;
using Isthmus.Core.Checks;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Federation;
using Isthmus.Core.Injection;
using Isthmus.Core.Tests.Trust;
using Xunit;

namespace Isthmus.Core.Tests.Checks;

/// <summary>Each pitfall: one cluster that has it, and one that comes near it.</summary>
public sealed class PitfallTests
{
    private const string Meta = "metadata: {name: x, namespace: shop}";
    private const string Root = "metadata: {name: x, namespace: istio-system}";
    private const string Ours = "metadata: {name: x, namespace: isthmus-system, labels: {app.kubernetes.io/managed-by: isthmus, isthmus.dev/mesh: test}}";

    [Theory]
    [InlineData("gateways", Meta + ", spec: {servers: [{port: {number: 15443}, tls: {mode: AUTO_PASSTHROUGH}, hosts: ['*.local']}]}", CheckSeverity.Warning, "*.local under AUTO_PASSTHROUGH")]
    [InlineData("gateways", Meta + ", spec: {servers: [{port: {number: 15443}, tls: {mode: AUTO_PASSTHROUGH}, hosts: ['./reviews.shop.svc.cluster.local']}]}", CheckSeverity.Error, "exported by Isthmus too")]
    [InlineData("peerauthentications", Meta + ", spec: {mtls: {mode: DISABLE}}", CheckSeverity.Error, "without endpoints for reviews.shop.svc.cluster.local")]
    [InlineData("peerauthentications", Root + ", spec: {mtls: {mode: DISABLE}}", CheckSeverity.Error, "without endpoints")]
    [InlineData("peerauthentications", Meta + ", spec: {selector: {matchLabels: {app: reviews}}, portLevelMtls: {'9080': {mode: DISABLE}}}", CheckSeverity.Error, "without endpoints")]
    [InlineData("destinationrules", Meta + ", spec: {host: reviews, trafficPolicy: {tls: {mode: DISABLE}}}", CheckSeverity.Error, "tls mode DISABLE")]
    [InlineData("destinationrules", Meta + ", spec: {host: '*.local', trafficPolicy: {portLevelSettings: [{tls: {mode: DISABLE}}]}}", CheckSeverity.Error, "tls mode DISABLE")]
    [InlineData("destinationrules", Meta + ", spec: {host: '*.global'}", CheckSeverity.Error, "wins over ours")]
    [InlineData("destinationrules", Meta + ", spec: {host: reviews.shop.global}", CheckSeverity.Error, "wins over ours")]
    [InlineData("sidecars", Meta + ", spec: {egress: [{hosts: ['./*', 'istio-system/*']}]}", CheckSeverity.Warning, "leave out isthmus-system/*")]
    [InlineData("serviceentries", Meta + ", spec: {hosts: [a.example], addresses: [240.1.2.3]}", CheckSeverity.Error, "lies in the mesh's addressRange")]
    [InlineData("serviceentries", Meta + ", spec: {hosts: [ratings.shop.global]}", CheckSeverity.Error, "the mesh's own domain")]
    public void An_object_of_others_in_our_way_is_found(string plural, string yaml, CheckSeverity severity, string what)
    {
        var problem = Assert.Single(CheckWorld.Problems(CheckWorld.With(plural, "{" + yaml + "}")));

        Assert.Equal(severity, problem.Severity);
        Assert.Contains(what, problem.What, StringComparison.Ordinal);
        Assert.Contains("/x", problem.Subject, StringComparison.Ordinal);
        Assert.NotNull(problem.ToDo);
    }

    [Theory]
    [InlineData("gateways", Meta + ", spec: {servers: [{port: {number: 443}, tls: {mode: SIMPLE}, hosts: ['*.local']}]}")]
    [InlineData("gateways", Ours + ", spec: {servers: [{port: {number: 15443}, tls: {mode: AUTO_PASSTHROUGH}, hosts: [reviews.shop.svc.cluster.local]}]}")]
    [InlineData("peerauthentications", Meta + ", spec: {mtls: {mode: STRICT}}")]
    [InlineData("peerauthentications", Meta + ", spec: {selector: {matchLabels: {app: other}}, mtls: {mode: DISABLE}}")]
    [InlineData("destinationrules", Meta + ", spec: {host: ratings, trafficPolicy: {tls: {mode: DISABLE}}}")]
    [InlineData("destinationrules", Meta + ", spec: {host: reviews, exportTo: ['.'], trafficPolicy: {tls: {mode: DISABLE}}}")]
    [InlineData("destinationrules", Ours + ", spec: {host: reviews.shop.global}")]
    [InlineData("sidecars", Meta + ", spec: {egress: [{hosts: ['./*', 'isthmus-system/*']}]}")]
    [InlineData("sidecars", Meta + ", spec: {egress: [{hosts: ['*/*']}]}")]
    [InlineData("sidecars", Meta + ", spec: {workloadSelector: {labels: {app: a}}}")]
    [InlineData("serviceentries", Meta + ", spec: {hosts: [a.example], addresses: [240.240.0.1, 10.0.0.1]}")]
    [InlineData("serviceentries", Ours + ", spec: {hosts: [ratings.shop.global], addresses: [240.1.2.3]}")]
    public void What_is_not_in_our_way_is_left_in_peace(string plural, string yaml) =>
        Assert.Empty(CheckWorld.Problems(CheckWorld.With(plural, "{" + yaml + "}")));

    [Fact]
    public void A_namespaces_own_mode_overrules_the_meshs()
    {
        var seen = CheckWorld.With("peerauthentications", "{" + Root + ", spec: {mtls: {mode: DISABLE}}}");
        var objects = new Dictionary<string, IReadOnlyList<JsonObject>>(seen.Objects);
        objects["peerauthentications"] = [.. objects["peerauthentications"], CheckWorld.Read("{metadata: {name: y, namespace: shop}, spec: {mtls: {mode: STRICT}}}")];

        Assert.Empty(CheckWorld.Problems(seen with { Objects = objects }));
    }

    [Theory]
    [InlineData(18, true)]
    [InlineData(27, false)]
    public void A_policy_of_the_root_namespace_stands_in_the_gateways_way_before_1_19(int minor, bool isFound)
    {
        var seen = CheckWorld.With("authorizationpolicies", "{" + Root + "}") with { Istiods = [CheckWorld.Istiod(new IstioVersion(1, minor, 0))] };

        Assert.Equal(isFound, CheckWorld.Problems(seen).Any(problem => problem.Subject == "AuthorizationPolicy istio-system/x"));
    }

    [Fact]
    public void Pods_without_a_sidecar_are_counted()
    {
        var problem = Assert.Single(CheckWorld.Problems(CheckWorld.Good with { Pods = [.. CheckWorld.Good.Pods, CheckWorld.Pod("reviews-2", "other")] }));

        Assert.StartsWith("1 of its pods without sidecar, such as reviews-2", problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gateway_without_an_address_and_one_that_does_not_answer_are_told()
    {
        var mesh = CheckWorld.Mesh(text => text.Replace("{addresses: [10.255.0.1]}", "{service: istio-system/gw}", StringComparison.Ordinal));
        var probe = new SeenProbe(new GatewayAddress("10.255.0.1", 15443), false, "no answer within 3 s");

        var absent = Assert.Single(CheckWorld.Problems(CheckWorld.Good, mesh));
        var silent = Assert.Single(CheckWorld.Problems(CheckWorld.Good with { Probes = [probe] }));

        Assert.Equal((CheckSeverity.Error, CheckSeverity.Warning), (absent.Severity, silent.Severity));
        Assert.Contains("is not there", absent.What, StringComparison.Ordinal);
        Assert.Contains("no answer within 3 s", silent.What, StringComparison.Ordinal);
        Assert.Empty(CheckWorld.Problems(CheckWorld.Good with { Probes = [probe with { IsAnswer = true }] }));
    }

    [Theory]
    [InlineData("n-east", false)]
    [InlineData("n-other", true)]
    public void A_gateway_that_sees_other_networks_gateways_is_found(string view, bool isFound)
    {
        var mesh = CheckWorld.Mesh(text => text.Replace("network: n-west", "network: n-west, controlPlane: east", StringComparison.Ordinal));
        var pod = CheckWorld.Read($"{{metadata: {{name: gw, namespace: istio-system}}, spec: {{containers: [{{env: [{{name: ISTIO_META_REQUESTED_NETWORK_VIEW, value: {view}}}]}}]}}}}");

        Assert.Equal(isFound, CheckWorld.Problems(CheckWorld.Good with { GatewayPods = [pod] }, mesh).Any(problem => problem.Subject == "Pod istio-system/gw"));
    }

    [Fact]
    public void DNS_that_would_not_reach_our_records_is_told()
    {
        var cache = CheckWorld.Read("{metadata: {name: node-local-dns}, data: {Corefile: \".:53 {\\n    forward . 1.1.1.1\\n}\\n\"}}");
        var known = CheckWorld.Read("{metadata: {name: node-local-dns}, data: {Corefile: \"global:53 {\\n    forward . 10.0.0.10\\n}\\n.:53 {\\n    forward . 1.1.1.1\\n}\\n\"}}");
        var stiff = CheckWorld.Read("{kind: ConfigMap, metadata: {name: coredns, namespace: kube-system}, data: {Corefile: \".:53 {\\n    errors\\n}\\n\"}}");

        Assert.Contains("NodeLocal DNSCache", Assert.Single(CheckWorld.Problems(CheckWorld.Good with { NodeLocalDns = cache })).What, StringComparison.Ordinal);
        Assert.Empty(CheckWorld.Problems(CheckWorld.Good with { NodeLocalDns = known }));
        Assert.Contains("no 'reload'", Assert.Single(CheckWorld.Problems(CheckWorld.Good with { DnsConfigMap = stiff })).What, StringComparison.Ordinal);
        Assert.Contains("there is no ConfigMap", Assert.Single(CheckWorld.Problems(CheckWorld.Good with { DnsConfigMap = null })).What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".:53 {\\n    reload\\n    import custom/*.override\\n}\\n", true)]
    [InlineData(".:53 {\\n    reload\\n}\\n# import custom/*.server\\n", true)]
    [InlineData(".:53 {\\n    reload\\n    import custom/*.override\\n}\\nimport custom/*.server\\n", false)]
    [InlineData(".:53 {\\n    reload\\n}\\nimport /etc/coredns/custom/*.server\\n", false)]
    public void A_Corefile_that_does_not_read_what_is_written_beside_it_is_found(string corefile, bool isFound)
    {
        var seen = CheckWorld.Good with
        {
            DnsConfigMap = null,
            OtherDnsConfigMaps = [CheckWorld.Read($"{{kind: ConfigMap, metadata: {{name: coredns, namespace: kube-system}}, data: {{Corefile: \"{corefile}\"}}}}")],
        };
        var problems = CheckWorld.Problems(seen, CheckWorld.Mesh(text => text.Replace("network: n-east,", "network: n-east, dns: coredns-custom,", StringComparison.Ordinal))).Select(problem => problem.What).Where(what => what.Contains("does not import custom/*.server", StringComparison.Ordinal));
        Assert.Equal(isFound ? 1 : 0, problems.Count());
    }

    [Fact]
    public void A_server_block_for_the_domain_out_of_the_other_ConfigMap_is_found()
    {
        var seen = CheckWorld.Good with
        {
            OtherDnsConfigMaps = [CheckWorld.Read("{kind: ConfigMap, metadata: {name: coredns-custom, namespace: kube-system}, data: {mine.server: \"global:53 {\\n    forward . 10.0.0.1\\n}\\n\"}}")],
            DnsConfigMap = CheckWorld.Read("{kind: ConfigMap, metadata: {name: coredns, namespace: kube-system}, data: {Corefile: \".:53 {\\n    reload\\n}\\nimport custom/*.server\\n\"}}"),
        };
        Assert.Contains("mine.server", Assert.Single(CheckWorld.Problems(seen)).What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_webhook_that_names_another_cluster_or_network_is_an_error()
    {
        var seen = CheckWorld.Good with
        {
            Objects = new Dictionary<string, IReadOnlyList<JsonObject>>
            {
                ["mutatingwebhookconfigurations"] = [.. CheckWorld.Good.All("mutatingwebhookconfigurations"), CheckWorld.Injector("east", "n-old")],
            },
        };

        Assert.Contains("network 'n-old'", Assert.Single(CheckWorld.Problems(seen)).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_fallback_the_webhook_of_istiod_has_to_be_off_and_with_it_on()
    {
        var strict = CheckWorld.Mesh(text => text.Replace("spec:", "spec:\n  injection: {fallback: none}", StringComparison.Ordinal));
        var alone = CheckWorld.Good with
        {
            Objects = new Dictionary<string, IReadOnlyList<JsonObject>> { ["mutatingwebhookconfigurations"] = [CheckWorld.Injector("east", "n-east")] },
        };

        Assert.Contains(CheckWorld.Problems(CheckWorld.Good, strict), problem => problem is { Cluster.Value: "east", Severity: CheckSeverity.Error, Subject: "injection" });
        Assert.DoesNotContain(CheckWorld.Problems(alone, strict), problem => problem.Cluster == CheckWorld.East);
        Assert.Contains("what we miss has no sidecar", Assert.Single(CheckWorld.Problems(alone)).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Trust_is_one_root_and_a_CA_that_lasts()
    {
        var other = CheckWorld.CaSecret(new TestAuthority("other", CheckWorld.Now), CheckWorld.Now.AddYears(1));

        Assert.Contains("no Secret istio-system/cacerts", Assert.Single(CheckWorld.Problems(CheckWorld.Good with { CaSecret = null })).What, StringComparison.Ordinal);
        Assert.Equal(["east", "west"], CheckWorld.Problems(CheckWorld.Good with { CaSecret = other }).Select(problem => problem.Cluster.Value));
    }

    [Theory]
    [InlineData(24, 4, true)]
    [InlineData(24, 5, false)]
    [InlineData(25, 1, true)]
    public void Several_roots_at_an_istiod_that_gives_workloads_one_of_them_are_an_error(int minor, int patch, bool isTold)
    {
        var secret = CheckWorld.CaSecret(new TestAuthority("root", CheckWorld.Now), CheckWorld.Now.AddYears(1));
        var roots = Convert.FromBase64String(secret["data"]?["root-cert.pem"]?.GetValue<string>() ?? "");
        var another = System.Text.Encoding.UTF8.GetBytes("\n" + new TestAuthority("another", CheckWorld.Now).RootPem);
        (secret["data"] as System.Text.Json.Nodes.JsonObject ?? [])["root-cert.pem"] = Convert.ToBase64String([.. roots, .. another]);
        var problems = CheckWorld.Problems(CheckWorld.Good with { CaSecret = secret, Istiods = [CheckWorld.Istiod(new IstioVersion(1, minor, patch))] });
        Assert.Equal(isTold, problems.Any(problem => problem is { Severity: CheckSeverity.Error, Subject: "trust" } && problem.What.Contains("55793", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(10, CheckSeverity.Warning, "ends in 10 days")]
    [InlineData(-1, CheckSeverity.Error, "has ended")]
    public void A_CA_that_ends_is_told_with_its_days(int days, CheckSeverity severity, string what)
    {
        var authority = new TestAuthority("root", CheckWorld.Now);
        var seen = CheckWorld.Good with { CaSecret = CheckWorld.CaSecret(authority, CheckWorld.Now.AddDays(days).AddHours(1)) };

        var problem = Assert.Single(CheckWorld.Problems(seen), problem => problem.What.Contains("intermediate", StringComparison.Ordinal));

        Assert.Equal(severity, problem.Severity);
        Assert.Contains(what, problem.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "")]
    [InlineData("trustDomain: cluster.local", "", "")]
    [InlineData("trustDomain: east.example", "", "east: cluster.local, west: east.example")]
    [InlineData("{trustDomain: east.example, trustDomainAliases: [cluster.local]}", "", "west: east.example")]
    [InlineData("trustDomain: east.example", "PILOT_SKIP_VALIDATE_TRUST_DOMAIN", "west: east.example")]
    public void Trust_domains_that_differ_have_to_know_each_other(string meshConfig, string variable, string unknown)
    {
        var istiod = CheckWorld.Istiod(new IstioVersion(1, 27, 0)) with { MeshConfig = meshConfig, Environment = new Dictionary<string, string> { [variable] = "true" } };

        var problems = CheckWorld.Problems(CheckWorld.Good with { Istiods = [istiod] });

        Assert.All(problems, problem => Assert.Equal((CheckSeverity.Error, "trust domain"), (problem.Severity, problem.Subject)));
        Assert.Equal(unknown, string.Join(", ", problems.Select(problem => $"{problem.Cluster}: {problem.ToDo?.Split(' ')[1]}")));
    }

    [Fact]
    public void A_trust_domain_that_the_document_does_not_say_is_an_error()
    {
        var mesh = CheckWorld.Mesh(text => text.Replace("spec:", "spec:\n  trust: {vault: 'https://v.vault.azure.net/', certificate: c, trustDomain: stated.example, adopt: true}", StringComparison.Ordinal));
        var istiod = CheckWorld.Istiod(new IstioVersion(1, 27, 0)) with { MeshConfig = "rootNamespace: istio-system" };

        var problem = Assert.Single(CheckWorld.Problems(CheckWorld.Good with { Istiods = [istiod] }, mesh));

        Assert.Contains("identities of trust domain cluster.local, but the mesh document says stated.example", problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Ranges_that_stand_for_two_things_are_errors()
    {
        var virtuals = CheckWorld.Good with { Ranges = new ClusterRanges { Services = [global::System.Net.IPNetwork.Parse("240.1.0.0/16")] } };
        var mesh = CheckWorld.Mesh(text => text.Replace("network: n-west", "network: n-east, controlPlane: east, podCidrs: [10.1.0.0/16]", StringComparison.Ordinal));
        var pods = CheckWorld.Good with { Ranges = new ClusterRanges { Pods = [global::System.Net.IPNetwork.Parse("10.1.128.0/17")] } };

        Assert.Contains("overlaps the mesh's addressRange", Assert.Single(CheckWorld.Problems(virtuals)).What, StringComparison.Ordinal);
        Assert.Contains(CheckWorld.Problems(pods, mesh), problem => problem is { Subject: "ranges", Cluster.Value: "west", Severity: CheckSeverity.Error });
    }

    [Fact]
    public void A_wildcard_is_right_where_one_control_plane_has_several_networks_and_no_other_beside_it()
    {
        var mesh = CheckWorld.Mesh(text => text.Replace("network: n-west", "network: n-west, controlPlane: east", StringComparison.Ordinal));
        var seen = CheckWorld.With("gateways", "{metadata: {name: cross-network-gateway, namespace: istio-system}, spec: {servers: [{port: {number: 15443}, tls: {mode: AUTO_PASSTHROUGH}, hosts: ['*.local']}]}}");

        var finding = Assert.Single(CheckWorld.Find(seen, mesh), finding => finding.Subject == "Gateway istio-system/cross-network-gateway");

        Assert.Equal(CheckSeverity.Ok, finding.Severity);
        Assert.Contains("*.local opens every Service", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Ranges_on_a_flat_network_are_told_those_that_are_not_known_too()
    {
        var mesh = CheckWorld.Mesh(text => text
            .Replace("network: n-east", "network: n-east, podCidrs: [10.1.0.0/16], serviceCidrs: [10.2.0.0/16]", StringComparison.Ordinal)
            .Replace("network: n-west", "network: n-east, controlPlane: east, podCidrs: [10.3.0.0/16]", StringComparison.Ordinal));

        var findings = CheckWorld.Find(CheckWorld.Good, mesh).Where(finding => finding.Subject == "ranges").ToList();

        Assert.Contains(findings, finding => finding is { Cluster.Value: "east", Severity: CheckSeverity.Ok, What: "pods 10.1.0.0/16; Services 10.2.0.0/16; in nobody's way on network n-east" });
        Assert.Contains(findings, finding => finding is { Cluster.Value: "west", Severity: CheckSeverity.Warning, ToDo: "give serviceCidrs" });
    }
}
