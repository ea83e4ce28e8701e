using System.Net;
using CsCheck;
using Isthmus.Core.Mesh;
using Xunit;

namespace Isthmus.Core.Tests.Mesh;

public sealed class MeshDocumentTests
{
    private const string Whole = """
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: prod, generation: 7}
        spec:
          domain: global
          addressRange: 240.0.0.0/4
          trust: {vault: "https://prod-mesh.vault.azure.net/", certificate: mesh-intermediate}
          mayExport: [shop]
          injection: {timeoutSeconds: 5, revisions: [default, canary]}
          clusters:
          - name: east
            network: vnet-east
            region: westeurope
            access: {aks: /subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/east}
            podCidrs: [10.244.0.0/16]
            serviceCidrs: [10.0.0.0/16]
            gateway: {service: istio-system/istio-eastwestgateway}
            webhook: {reach: relay}
          - name: west
            network: vnet-west
            controlPlane: east
            access: {kubeconfig: west.yaml, context: admin}
            gateway: {addresses: [20.1.2.3, gw.example.com]}
            mayExport: ["*"]
            state: leaving
            draining: true
          - name: north
            network: vnet-east
            access: {vaultSecret: north-kubeconfig}
            dns: sidecar
            podCidrs: [10.245.0.0/16]
        """;

    [Fact]
    public void Reads_every_field_of_a_whole_document()
    {
        var result = MeshDocument.Parse(Whole, "/etc/mesh");
        Assert.Empty(result.Errors);
        var mesh = Assert.IsType<MeshDocument>(result.Document);
        var (east, west, north) = (mesh.Clusters[0], mesh.Clusters[1], mesh.Clusters[2]);
        Assert.Equal(("prod", 7L, "global"), (mesh.Name, mesh.Generation, mesh.Domain));
        Assert.Equal((5, "Ignore", InjectionFallback.Istiod), (mesh.Injection.TimeoutSeconds, mesh.Injection.FailurePolicy, mesh.Injection.Fallback));
        Assert.Equal(["default", "canary"], mesh.Injection.Revisions);
        Assert.Null(mesh.Trust?.TrustDomain);
        Assert.Equal(new ServiceName("istio-system", "istio-eastwestgateway"), east.Gateway?.Service);
        Assert.Equal((WebhookReach.Relay, DnsKind.CoreDnsCustom, "westeurope"), (east.WebhookReach, east.Dns, east.Locality));
        Assert.Equal([IPNetwork.Parse("10.244.0.0/16")], east.PodCidrs);
        Assert.Equal(new ClusterAccess.Kubeconfig("/etc/mesh/west.yaml", "admin"), west.Access);
        Assert.Equal(["20.1.2.3", "gw.example.com"], west.Gateway?.Addresses);
        Assert.True(west is { Leaving: true, Draining: true, HasOwnControlPlane: false });
        Assert.True(west.AllowsExportFrom("anything"));
        Assert.False(west.AllowsExportFrom("kube-system"));
        Assert.True(east.AllowsExportFrom("shop"));
        Assert.False(east.AllowsExportFrom("bank"));
        Assert.Equal((DnsKind.Sidecar, DnsKind.CoreDns), (north.Dns, west.Dns));
    }

    [Fact]
    public void The_mode_of_a_pair_follows_from_control_plane_and_network()
    {
        var mesh = Parsed(Whole);
        var (east, west, north) = (mesh.Clusters[0], mesh.Clusters[1], mesh.Clusters[2]);
        Assert.Equal(MeshMode.SeveralControlPlanes, MeshDocument.ModeBetween(east, north));
        Assert.Equal(MeshMode.ClusterAwareRouting, MeshDocument.ModeBetween(east, west));
        Assert.Equal(MeshMode.FlatNetwork, MeshDocument.ModeBetween(east, east));
    }

    [Fact]
    public void Reports_every_error_with_path_and_line()
    {
        var errors = MeshDocument.Parse("""
            apiVersion: isthmus.dev/v1
            kind: Mesh
            metadata: {name: Prod}
            spec:
              adressRange: 240.0.0.0/8
              trust: {vault: "http://x/", certificate: "a b"}
              injection: {timeoutSeconds: 31, fallback: istiod, failurePolicy: Fail}
              clusters:
              - name: east
                network: n1
                access: {kubeconfig: a, aks: b}
                podCidrs: [10.0.0.1/16]
              - name: east
                network: "a b"
                controlPlane: nowhere
                gateway: {}
            """).Errors.Select(error => error.ToString()).ToList();
        string[] expected =
        [
            "apiVersion (line 1): is 'isthmus.dev/v1', but has to be isthmus.dev/v1alpha1",
            "metadata.name (line 3): 'Prod' has to be",
            "spec.adressRange (line 5): is unknown; did you mean 'addressRange'?",
            "spec.trust.certificate (line 6): 'a b' is no name",
            "spec.trust.vault (line 6): 'http://x/' is not of the form",
            "spec.injection.failurePolicy (line 7): Fail would leave",
            "spec.injection.timeoutSeconds (line 7): is '31', but has to be a number from 1 to 30",
            "spec.clusters[0].access (line 11): has to hold exactly one",
            "spec.clusters[0].access.aks (line 11): 'b' is not of the form",
            "spec.clusters[0].podCidrs[0] (line 12): '10.0.0.1/16' is not an address range",
            "spec.clusters[1].access (line 13): is required",
            "spec.clusters[1].name (line 13): 'east' is the name of spec.clusters[0] already",
            "spec.clusters[1].network (line 14): 'a b' cannot be",
            "spec.clusters[1].controlPlane (line 15): 'nowhere' is no cluster",
            "spec.clusters[1].gateway (line 16): has to hold either",
        ];
        Assert.Equal(expected.Length, errors.Count);
        foreach (var (want, got) in expected.Zip(errors))
            Assert.StartsWith(want, got, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "reaches outside")]
    [InlineData("224.0.0.0/3", "reaches outside")]
    [InlineData("240.240.0.0/16", "which Istio allocates from")]
    [InlineData("240.240.1.0/24", "which Istio allocates from")]
    [InlineData("240.0.0.0/31", "no room")]
    [InlineData("240.0.0.1/8", "not an address range")]
    [InlineData("fd00::/8", "not an address range")]
    public void Refuses_an_address_range_that_virtual_addresses_cannot_come_from(string range, string reason)
    {
        var error = Assert.Single(MeshDocument.Parse(Minimal($"  addressRange: {range}\n")).Errors);
        Assert.Equal("spec.addressRange", error.Path);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("controlPlane: b", "controlPlane: a", "a cycle", 2)]
    [InlineData("controlPlane: b", "controlPlane: c", "has no control plane of its own", 1)]
    [InlineData("controlPlane: b", "state: leaving", "is leaving the mesh", 1)]
    [InlineData("podCidrs: [240.1.0.0/16]", "draining: false", "overlaps the mesh's addressRange", 1)]
    [InlineData("podCidrs: [10.1.0.0/16], serviceCidrs: [10.1.0.0/20]", "draining: false", "overlaps the cluster's own pods", 1)]
    [InlineData("apiServer: west.example.com", "draining: false", "is not of the form https://HOST[:PORT]", 1)]
    [InlineData("apiServer: \"http://west.example.com\"", "draining: false", "is not of the form https://HOST[:PORT]", 1)]
    [InlineData("mayExport: [kube-system]", "draining: false", "nothing may be exported from 'kube-system'", 1)]
    [InlineData("draining: maybe", "draining: false", "has to be true or false", 1)]
    public void Refuses_clusters_that_do_not_fit_together(string a, string b, string reason, int count)
    {
        var errors = MeshDocument.Parse($$$"""
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: m}
            spec:
              clusters:
              - {name: a, network: n, access: {kubeconfig: k}, {{{a}}}}
              - {name: b, network: n, access: {kubeconfig: k}, {{{b}}}}
              - {name: c, network: o, access: {kubeconfig: k}}
            """).Errors;
        Assert.Equal(count, errors.Length);
        Assert.All(errors, error => Assert.Contains(reason, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Ranges_that_overlap_are_no_fault_of_the_document() => Assert.Empty(MeshDocument.Parse("""
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: m}
        spec:
          clusters:
          - {name: a, network: n1, access: {kubeconfig: k}, podCidrs: [10.0.0.0/8], serviceCidrs: [11.0.0.0/16]}
          - {name: b, network: n2, access: {kubeconfig: k}, podCidrs: [10.0.0.0/8], serviceCidrs: [11.0.0.0/16]}
          - {name: c, network: n1, controlPlane: a, access: {kubeconfig: k}, podCidrs: [10.0.0.0/8], serviceCidrs: [11.0.0.0/16]}
        """).Errors);

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a: [", "not readable as YAML")]
    [InlineData("- a", "is a map of fields")]
    [InlineData("a: &x 1\nb: *x", "aliases are not used")]
    [InlineData("a: 1\n---\nb: 2", "second document")]
    public void Answers_what_is_no_document_with_a_reason(string text, string reason)
    {
        var result = MeshDocument.Parse(text);
        Assert.Null(result.Document);
        Assert.Contains(result.Errors, error => error.Message.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_a_field_that_is_given_twice_with_both_lines() =>
        Assert.Contains(MeshDocument.Parse(Minimal("  domain: a\n  domain: b\n")).Errors, error => error is { Path: "spec.domain", Line: 6 } && error.Message.Contains("line 5", StringComparison.Ordinal));

    [Fact]
    public void Never_throws_whatever_the_text()
    {
        var pieces = Whole.Split('\n');
        Gen.Select(Gen.Shuffle(pieces, 1, pieces.Length), Gen.Int[0, 400], Gen.Char.AlphaNumeric).Sample(
            (lines, at, c) =>
            {
                var text = string.Join('\n', lines);
                var result = MeshDocument.Parse(at < text.Length ? text[..at] + c + text[at..] : text);
                return (result.Document is null) == (result.Errors.Length > 0);
            },
            iter: 2000);
    }

    private static string Minimal(string spec) =>
        $"apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {{name: m}}\nspec:\n{spec}  clusters:\n  - {{name: a, network: n, access: {{kubeconfig: k}}}}\n";

    private static MeshDocument Parsed(string text) => Assert.IsType<MeshDocument>(MeshDocument.Parse(text).Document);
}
