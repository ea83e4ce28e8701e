using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Isthmus.System.Tests.Aks;

public sealed class AksAccessTests : IAsyncLifetime
{
    private const string East = "{name: east, network: n-east, gateway: {addresses: [20.0.0.1]}, access: {aks: ID}}";
    private AksMesh? _mesh;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AksMesh Mesh => _mesh ?? throw new InvalidOperationException("It is not started.");

    public async ValueTask InitializeAsync()
    {
        _mesh = await AksMesh.StartAsync("east");
        _mesh.WriteDocument(East.Replace("ID", AksMesh.Id("east") + " ", StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => Mesh.DisposeAsync();

    [Fact]
    public async Task Address_and_CA_come_from_ARM_and_the_token_from_Entra_once_for_all_requests()
    {
        var api = await ApiAsync(Mesh.Instance());
        await ReadAsync(api);
        await ReadAsync(api);
        Assert.Equal(
            [$"GET {AksMesh.Id("east")}?api-version=2025-01-01", $"POST {AksMesh.Id("east")}/listClusterUserCredential?api-version=2025-01-01"], Mesh.Arm.Requests);
        Assert.Equal(1, Mesh.TokensGiven);
        Assert.Equal(Mesh.Cluster("east").Url, api.Address.Server);
    }

    [Fact]
    public async Task A_token_is_asked_for_anew_before_it_ends_and_the_address_every_quarter_of_an_hour()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var services = Mesh.Instance(time);
        var api = await ApiAsync(services);
        await ReadAsync(api);
        time.Advance(TimeSpan.FromMinutes(54));
        await ReadAsync(api);
        Assert.Equal(1, Mesh.TokensGiven);
        time.Advance(TimeSpan.FromMinutes(1));
        await ReadAsync(api);
        Assert.Equal(2, Mesh.TokensGiven);
        Assert.NotSame(api, await ApiAsync(services));
    }

    [Fact]
    public async Task A_cluster_without_Entra_is_refused_since_its_user_is_the_administrator()
    {
        Mesh.Arm.Change(AksMesh.Id("east"), resource => resource["properties"]?.AsObject().Remove("aadProfile"));
        var fault = await FaultAsync(Mesh.Instance());
        Assert.Contains("az aks update --enable-aad", fault, StringComparison.Ordinal);
        Assert.DoesNotContain(Mesh.Arm.Requests, request => request.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stopped_cluster_is_out_of_reach_with_a_clear_word_and_is_not_asked_about_again_at_once()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        Stop("Stopped");
        var services = Mesh.Instance(time);
        var report = await services.GetRequiredService<ServiceReconciler>().RunAsync(AksMesh.Reviews, null, Cancel);
        var failure = Assert.Single(report.Failures);
        Assert.Equal(new ClusterName("east"), failure.Cluster);
        Assert.Contains("az aks start", failure.Reason, StringComparison.Ordinal);
        var asked = Mesh.Arm.Requests.Count;
        Assert.Contains("az aks start", await FaultAsync(services), StringComparison.Ordinal);
        Assert.Equal(asked, Mesh.Arm.Requests.Count);
        Stop("Running");
        time.Advance(TimeSpan.FromSeconds(31));
        await ReadAsync(await ApiAsync(services));
    }

    [Theory]
    [InlineData("""{"powerState": {"code": "Stopped"}}""", "az aks start")]
    [InlineData("""{"apiServerAccessProfile": {"enablePrivateCluster": true}, "privateFQDN": "east.privatelink.westeurope.azmk8s.io"}""", "east.privatelink.westeurope.azmk8s.io")]
    [InlineData("""{"apiServerAccessProfile": {"authorizedIPRanges": ["203.0.113.0/28"]}}""", "203.0.113.0/28")]
    [InlineData("""{"provisioningState": "Deleting"}""", "Azure is deleting it")]
    public async Task Who_finds_an_API_server_silent_is_told_what_ARM_knows_of_why(string properties, string told)
    {
        var services = Mesh.Instance(options: new ClusterApiOptions { Retries = 1 });
        var api = await ApiAsync(services);
        await ReadAsync(api);
        Mesh.Cluster("east").Disconnect();
        Mesh.Arm.Change(AksMesh.Id("east"), resource =>
        {
            foreach (var (key, value) in global::System.Text.Json.Nodes.JsonNode.Parse(properties)?.AsObject() ?? [])
                resource["properties"]?.AsObject().Remove(key);
            foreach (var (key, value) in global::System.Text.Json.Nodes.JsonNode.Parse(properties)?.AsObject() ?? [])
                resource["properties"]?.AsObject().Add(key, value?.DeepClone());
        });
        Assert.Contains(told, (await Assert.ThrowsAsync<ClusterUnreachableException>(() => ReadAsync(api))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, "AuthorizationFailed", "Azure Kubernetes Service Cluster User Role")]
    [InlineData(404, "SubscriptionNotFound", "nothing is withdrawn")]
    [InlineData(404, "ResourceNotFound", "Azure has no cluster")]
    public async Task What_ARM_refuses_is_told_with_what_to_do(int status, string code, string told)
    {
        Mesh.Arm.Refuse(AksMesh.Id("east"), status, code);
        Assert.Contains(told, await FaultAsync(Mesh.Instance()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Throttling_is_waited_for_as_long_as_Azure_says_unless_that_is_longer_than_a_run_may_take()
    {
        Mesh.Arm.Throttle(2, retryAfterSeconds: 0);
        await ReadAsync(await ApiAsync(Mesh.Instance()));
        Mesh.Arm.Throttle(1, retryAfterSeconds: 300);
        Mesh.Arm.ForgetRequests();
        Assert.Contains("429", await FaultAsync(Mesh.Instance()), StringComparison.Ordinal);
        Assert.Single(Mesh.Arm.Requests);
    }

    [Fact]
    public async Task A_kubeconfig_in_the_vault_gives_access_and_is_read_anew_when_it_is_refused()
    {
        UseVault();
        Mesh.Vault.SetSecret("east", Mesh.Cluster("east").Kubeconfig("stale", "somebody"));
        var services = Mesh.Instance();
        Assert.Equal(401, (await Assert.ThrowsAsync<ClusterApiException>(async () => await ReadAsync(await ApiAsync(services)))).Status);
        Mesh.Vault.SetSecret("east", Mesh.Cluster("east").Kubeconfig());
        await ReadAsync(await ApiAsync(services));
    }

    [Fact]
    public async Task A_kubeconfig_in_the_vault_that_runs_a_program_is_refused_and_one_that_is_missing_is_told()
    {
        UseVault();
        Assert.Contains("has no secret east", await FaultAsync(Mesh.Instance()), StringComparison.Ordinal);
        Mesh.Vault.SetSecret("east", AksMesh.UserKubeconfig(Mesh.Cluster("east")));
        Assert.Contains("exec would run a program here", await FaultAsync(Mesh.Instance()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_that_nobody_answers_for_is_told_with_what_to_look_at()
    {
        UseVault();
        await Mesh.Vault.DisposeAsync();
        Assert.Contains("secret east of https://prod-mesh.vault.azure.net/: the vault does not answer (", await FaultAsync(Mesh.Instance()), StringComparison.Ordinal);
    }

    private void UseVault() => Mesh.WriteDocument(
        East.Replace("aks: ID", "vaultSecret: east", StringComparison.Ordinal), "  trust: {vault: \"https://prod-mesh.vault.azure.net/\", certificate: ca}");

    private void Stop(string state) => Mesh.Arm.Change(AksMesh.Id("east"), resource =>
    {
        if (resource["properties"]?["powerState"] is { } power)
            power["code"] = state;
    });

    private static async Task<ClusterApi> ApiAsync(IServiceProvider services)
    {
        var mesh = await services.GetRequiredService<IMeshDocumentSource>().ReadAsync(Cancel);
        return services.GetRequiredService<ClusterConnections>().Get(mesh.Clusters[0]);
    }

    private static async Task ReadAsync(ClusterApi api) => await api.ListAsync(Core.Kubernetes.ResourceKind.Service, "shop", null, null, Cancel);

    private static async Task<string> FaultAsync(IServiceProvider services) =>
        (await Assert.ThrowsAsync<ClusterUnreachableException>(async () => await ReadAsync(await ApiAsync(services)))).Message;
}
