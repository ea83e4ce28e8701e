using System.Text.Json.Nodes;
using Isthmus.Core.Events;
using Isthmus.Core.Mesh;
using Xunit;

namespace Isthmus.Core.Tests.Events;

public sealed class ClusterEventTests
{
    private const string East = "/subscriptions/s/resourceGroups/mesh/providers/Microsoft.ContainerService/managedClusters/east";

    private static readonly MeshDocument Document = MeshDocument.Parse($$"""
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: test}
        spec:
          clusters:
          - {name: east, network: n, access: {aks: "{{East}}" } }
          - {name: west, network: n, access: {kubeconfig: k} }
        """).Document ?? throw new InvalidOperationException("The document does not hold.");

    private static readonly DocumentBlob Blob = new(new Uri("https://meshstore.blob.core.windows.net/mesh/mesh.yaml"));

    [Theory]
    [InlineData(East)]
    [InlineData("/SUBSCRIPTIONS/S/resourcegroups/MESH/providers/microsoft.containerservice/managedclusters/EAST")]
    [InlineData(East + "/agentPools/one")]
    [InlineData("/subscriptions/s/resourceGroups/mesh/providers/Microsoft.Kubernetes/connectedClusters/west")]
    public void A_write_names_its_cluster_in_any_case_and_by_what_lies_below_it(string subject)
    {
        var concern = AzureEvents.ConcernOf(Document, Written(subject, null));

        Assert.Single(Assert.IsType<ClusterConcern.Clusters>(concern).Names);
    }

    [Theory]
    [InlineData("Microsoft.ContainerService/managedClusters/write", true)]
    [InlineData("microsoft.containerservice/MANAGEDCLUSTERS/write", true)]
    [InlineData("Microsoft.ContainerService/managedClusters/listClusterUserCredential/action", false)]
    [InlineData("Microsoft.ContainerService/managedClusters/accessProfiles/listCredential/action", false)]
    [InlineData("Microsoft.Authorization/roleAssignments/write", false)]
    public void Only_operations_that_change_a_cluster_ask_for_a_look(string operation, bool looks) =>
        Assert.Equal(looks, AzureEvents.ConcernOf(Document, Written(East, operation)) is ClusterConcern.Clusters);

    [Theory]
    [InlineData(East + "2")]
    [InlineData("/subscriptions/s/resourceGroups/mesh/providers/Microsoft.Kubernetes/connectedClusters/east")]
    [InlineData("/subscriptions/s/resourceGroups/mesh/providers/Microsoft.Compute/virtualMachines/west")]
    [InlineData("west")]
    [InlineData("")]
    public void Other_resources_are_nothing_to_the_mesh(string subject) =>
        Assert.IsType<ClusterConcern.Nothing>(AzureEvents.ConcernOf(Document, Written(subject, null)));

    [Theory]
    [InlineData("11111111-2222-3333-4444-555555555555", true)]
    [InlineData("99999999-2222-3333-4444-555555555555", false)]
    public void A_cluster_that_nobody_knows_of_is_asked_for_where_clusters_may_join(string subscription, bool asked)
    {
        var document = MeshDocument.Parse("apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {name: test}\nspec: {discovery: {subscriptions: [11111111-2222-3333-4444-555555555555]}}").Document;
        Assert.NotNull(document);
        var id = $"/subscriptions/{subscription}/resourceGroups/mesh/providers/Microsoft.ContainerService/managedClusters/new";
        var concern = AzureEvents.ConcernOf(document, Written(id + "/agentPools/one", "Microsoft.ContainerService/managedClusters/agentPools/write"));
        Assert.Equal(asked ? id : null, (concern as ClusterConcern.Newcomer)?.ResourceId);
    }

    [Fact]
    public void A_cluster_that_Azure_tells_of_is_asked_for_by_its_id() =>
        Assert.Equal(East, Assert.IsType<ClusterConcern.Clusters>(AzureEvents.ConcernOf(Document, Written(East + "/agentPools/one", null))).ResourceId);

    [Fact]
    public void Our_own_event_names_its_cluster() =>
        Assert.Equal([new ClusterName("west")], Assert.IsType<ClusterConcern.Clusters>(
            AzureEvents.ConcernOf(Document, new ReceivedEvent("1", MeshEvent.ClusterChangedType, "/", null, null, JsonNode.Parse("""{"cluster":"west"}""")))).Names);

    [Theory]
    [InlineData("Microsoft.EventGrid.SubscriptionDeletedEvent")]
    [InlineData("dev.isthmus.cluster.changed")]
    [InlineData("Microsoft.Resources.ResourceWriteFailure")]
    [InlineData("Microsoft.Storage.BlobDeleted")]
    public void Other_types_are_nothing_to_it(string type) =>
        Assert.IsType<ClusterConcern.Nothing>(AzureEvents.ConcernOf(Document, new ReceivedEvent("1", type, "/", East, null, null)));

    [Theory]
    [InlineData("https://meshstore.blob.core.windows.net/mesh/mesh.yaml", null)]
    [InlineData("https://MeshStore.dfs.core.windows.net/mesh/mesh.yaml", null)]
    [InlineData("https://meshstore.z12.blob.storage.azure.net/mesh/mesh.yaml", null)]
    [InlineData(null, "/blobServices/default/containers/mesh/blobs/mesh.yaml")]
    [InlineData("no address", "no blob")]
    [InlineData(null, null)]
    public void The_documents_own_blob_concerns_all_clusters_and_so_does_one_that_is_not_named(string? url, string? subject) =>
        Assert.IsType<ClusterConcern.Document>(AzureEvents.ConcernOf(Document, Stored(url, subject), Blob));

    [Theory]
    [InlineData("https://meshstore.blob.core.windows.net/mesh/mesh.yaml.clusters", "/blobServices/default/containers/mesh/blobs/mesh.yaml.clusters")]
    [InlineData("https://meshstore.blob.core.windows.net/mesh/old/mesh.yaml", null)]
    [InlineData("https://meshstore.blob.core.windows.net/dead-letters/mesh.yaml", null)]
    [InlineData("https://meshstore.blob.core.windows.net/mesh/Mesh.yaml", null)]
    [InlineData("https://another.blob.core.windows.net/mesh/mesh.yaml", null)]
    [InlineData(null, "/blobServices/default/containers/mesh/blobs/old/mesh.yaml")]
    public void Another_blob_is_nothing_to_the_mesh(string? url, string? subject)
    {
        var concern = AzureEvents.ConcernOf(Document, Stored(url, subject), Blob);

        Assert.EndsWith("is not the mesh document's blob", Assert.IsType<ClusterConcern.Nothing>(concern).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_document_lies_in_no_known_blob_any_may_be_it() =>
        Assert.IsType<ClusterConcern.Document>(AzureEvents.ConcernOf(Document, Stored("https://another.blob.core.windows.net/a/b", null)));

    private static ReceivedEvent Stored(string? url, string? subject) => new(
        "1", "Microsoft.Storage.BlobCreated", "/subscriptions/s/resourceGroups/mesh/providers/Microsoft.Storage/storageAccounts/meshstore", subject, null,
        new JsonObject { ["api"] = "PutBlob", ["url"] = url });

    private static ReceivedEvent Written(string subject, string? operation) => new(
        "1", "Microsoft.Resources.ResourceWriteSuccess", "/subscriptions/s", subject, null, operation is null ? null : new JsonObject { ["operationName"] = operation });
}
