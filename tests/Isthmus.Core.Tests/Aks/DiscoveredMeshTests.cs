using System.Net;
using Isthmus.Core.Aks;
using Isthmus.Core.Mesh;
using Xunit;
using static Isthmus.Core.Tests.Aks.AksFacts;

namespace Isthmus.Core.Tests.Aks;

public sealed class DiscoveredMeshTests
{
    private const string Overlay = """{"networkPlugin":"azure","networkPluginMode":"overlay","podCidr":"10.244.0.0/16","serviceCidr":"10.0.0.0/16"}""";
    private static readonly string Listed = $"{{name: listed, network: n, vnet: {Vnet("11111111-2222-3333-4444-555555555555")}, access: {{aks: {Id("listed")} }} }}";

    [Fact]
    public void Pods_of_one_virtual_network_are_one_network_and_overlays_are_each_their_own()
    {
        var mesh = Merge(Document(), Cluster("a"), Cluster("b"), Cluster("c", network: Overlay), Cluster("d", network: Overlay), Cluster("e", network: """{"networkPlugin":"kubenet"}"""));
        var networks = mesh.Clusters.ToDictionary(cluster => cluster.Name.Value, cluster => cluster.Network);
        Assert.Equal(networks["a"], networks["b"]);
        Assert.StartsWith("hub-", networks["a"].Value, StringComparison.Ordinal);
        Assert.Equal(4, networks.Values.Distinct().Count());
        Assert.All(networks.Values, network => Assert.True(network.Value.Length <= 63));
        Assert.Equal([IPNetwork.Parse("10.244.0.0/16")], mesh.Clusters[2].PodCidrs);
    }

    [Fact]
    public void What_the_tags_say_counts_before_what_follows_from_Azure()
    {
        var tags = """{"isthmus-mesh":"prod","isthmus-cluster":"blue","isthmus-network":"shared","isthmus-control-plane":"east","isthmus-gateway":"gw/door","isthmus-state":"leaving"}""";
        var blue = Merge(Document(), Cluster("east"), Cluster("aks-7", tags)).Clusters[1];
        Assert.Equal(("blue", "shared", "east", new ServiceName("gw", "door"), true), (blue.Name.Value, blue.Network.Value, blue.ControlPlane.Value, blue.Gateway?.Service, blue.Leaving));
    }

    [Theory]
    [InlineData("""{"isthmus-mesh":"prod","isthmus-control-plane":"nobody"}""", "no cluster of this mesh")]
    [InlineData("""{"isthmus-mesh":"prod","isthmus-control-plane":"served"}""", "itself served by 'east'")]
    [InlineData("""{"isthmus-mesh":"prod","isthmus-cluster":"listed"}""", "another cluster of this mesh has the name 'listed'")]
    [InlineData("""{"isthmus-mesh":"prod","isthmus-cluster":"---"}""", "give it a name")]
    public void What_does_not_fit_is_left_out_and_told_and_keeps_no_other_out(string tags, string told)
    {
        var mesh = Merge(Document(Listed), Cluster("east"), Cluster("served", """{"isthmus-mesh":"prod","isthmus-control-plane":"east"}"""), Cluster("odd", tags));
        Assert.Equal(["listed", "east", "served"], mesh.Clusters.Select(cluster => cluster.Name.Value));
        Assert.Contains(told, Assert.Single(mesh.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_that_overlaps_the_virtual_addresses_is_left_out()
    {
        var mesh = Merge(Document(), Cluster("east", network: """{"networkPlugin":"kubenet","podCidr":"240.1.0.0/16"}"""));
        Assert.Empty(mesh.Clusters);
        Assert.Contains("overlaps the mesh's addressRange", Assert.Single(mesh.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_document_says_wins_and_what_it_leaves_open_is_filled_in()
    {
        var mesh = Merge(
            Document($"{{name: one, network: n, region: here, access: {{aks: {Id("A").ToUpperInvariant().Replace("MICROSOFT.CONTAINERSERVICE", "Microsoft.ContainerService", StringComparison.Ordinal)} }} }}"), Cluster("a", network: Overlay));
        var one = Assert.Single(mesh.Clusters);
        Assert.Equal(("one", "n", "here"), (one.Name.Value, one.Network.Value, one.Locality));
        Assert.Equal([IPNetwork.Parse("10.0.0.0/16")], one.ServiceCidrs);
        Assert.EndsWith("/virtualNetworks/hub", one.VirtualNetwork, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_gone_is_set_apart_unless_it_serves_others()
    {
        var document = Document();
        var register = Register(document, (Id("a"), Found("a")), (Id("b"), Found("b")), (Id("c"), Found("c", """{"isthmus-mesh":"prod","isthmus-control-plane":"b"}""")));
        var gone = RegisterPlanner.Plan(document, register, new Dictionary<string, AksLook> { [Id("a")] = new AksLook.Gone(), [Id("b")] = new AksLook.Gone() }, Now);
        var mesh = DiscoveredMesh.Merge(document, gone);
        Assert.Equal(["a"], mesh.Gone.Select(cluster => cluster.Name.Value));
        Assert.Equal(["b", "c"], mesh.Clusters.Select(cluster => cluster.Name.Value));
    }

    [Fact]
    public void What_joined_stays_when_discovery_is_switched_off_or_its_tag_is_gone()
    {
        var register = Register(Document(), (Id("a"), Found("a")));
        var without = MeshDocument.Parse("apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {name: prod}\nspec:\n  clusters: [{name: x, network: n, access: {kubeconfig: x}}]").Document;
        Assert.NotNull(without);
        Assert.Contains("discovery is switched off", Assert.Single(DiscoveredMesh.Merge(without, register).Notices), StringComparison.Ordinal);
        var untagged = RegisterPlanner.Plan(Document(), register, new Dictionary<string, AksLook> { [Id("a")] = Found("a", "{}") }, Now);
        Assert.Contains("the tag isthmus-mesh is gone", Assert.Single(DiscoveredMesh.Merge(Document(), untagged).Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_may_list_no_cluster_where_clusters_join_by_themselves() => Assert.Empty(Document().Clusters);

    [Theory]
    [InlineData("discovery: {}", "spec.discovery.subscriptions")]
    [InlineData("discovery: {subscriptions: [prod]}", "no id of a subscription")]
    [InlineData("discovery: {subscription: [prod]}", "did you mean 'subscriptions'")]
    public void A_discovery_without_its_scope_is_an_error(string discovery, string told)
    {
        var result = MeshDocument.Parse($"apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {{name: prod}}\nspec:\n  {discovery}\n");
        Assert.Contains(result.Errors, error => error.ToString().Contains(told, StringComparison.Ordinal));
    }

    private static MeshDocument Merge(MeshDocument mesh, params AksCluster[] clusters) =>
        DiscoveredMesh.Merge(mesh, Register(mesh, [.. clusters.Select(cluster => (cluster.ResourceId, (AksLook)new AksLook.Found(cluster)))]));

    private static string Vnet(string subscription) => $"/subscriptions/{subscription}/resourceGroups/n/providers/Microsoft.Network/virtualNetworks/v1";
}
