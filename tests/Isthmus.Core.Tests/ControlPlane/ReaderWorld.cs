using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Planning;

namespace Isthmus.Core.Tests.ControlPlane;

/// <summary>Clusters in memory, seen as remote secrets are planned from them, with an API server that issues tokens.</summary>
internal sealed class ReaderWorld
{
    public static readonly DateTimeOffset Start = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Life = TimeSpan.FromHours(12);

    private int _issued;

    public FakeState State { get; } = [];

    public DateTimeOffset Now { get; set; } = Start;

    public HashSet<ClusterName> Silent { get; } = [];

    public HashSet<ClusterName> RefusedTokens { get; } = [];

    public Dictionary<ClusterName, string> Refusals { get; } = [];

    public static MeshDocument Mesh(params string[] clusters) => Federation.FederationWorld.Parse($$$"""
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: m}
        spec:
          clusters:
          {{{string.Join("\n  ", clusters.Select(cluster => $"- {{{cluster}, access: {{kubeconfig: k}}}}"))}}}
        """);

    public static ObjectId Secret(string controlPlane, string cluster) => RemoteSecret.Id(new ClusterName(controlPlane), new ClusterName(cluster));

    public static ObjectId Account(string cluster, string controlPlane) => ReaderAccount.Account(new ClusterName(cluster), new ClusterName(controlPlane));

    public RemoteSecretSnapshot See(MeshDocument mesh, IReadOnlyCollection<ClusterName>? withToken = null, bool reversed = false)
    {
        var clusters = mesh.Clusters.Where(cluster => !Silent.Contains(cluster.Name)).ToList();
        if (reversed)
            clusters.Reverse();
        return new RemoteSecretSnapshot
        {
            Readers = clusters.ToDictionary(cluster => cluster.Name, cluster => new ReaderSnapshot
            {
                Accounts = Objects(cluster.Name, ResourceKind.ServiceAccount, reversed),
                Roles = Objects(cluster.Name, ResourceKind.ClusterRole, reversed),
                Bindings = Objects(cluster.Name, ResourceKind.ClusterRoleBinding, reversed),
                Address = new ApiServerAddress(new Uri($"https://{cluster.Name}.example.com:6443"), "CA\n", null, false),
                IsTokenRefused = RefusedTokens.Contains(cluster.Name),
                NewToken = withToken?.Contains(cluster.Name) == true ? new ReaderToken($"token-{_issued++}", Now, Now + Life) : null,
            }),
            Secrets = clusters.ToDictionary(cluster => cluster.Name, cluster => (IReadOnlyList<JsonObject>)Objects(cluster.Name, ResourceKind.Secret, reversed)),
            Refusals = Refusals,
            Now = Now,
        };
    }

    public RemoteSecretPlan Plan(MeshDocument mesh, bool reversed = false) => RemoteSecretPlanner.Plan(mesh, See(mesh, null, reversed));

    /// <summary>Plans, gets what tokens are needed, and applies, until nothing is left to do; returns the last plan.</summary>
    public Plan Settle(MeshDocument mesh)
    {
        for (var round = 0; round < 10; round++)
        {
            var plan = Plan(mesh);
            if (!plan.NeedToken.IsEmpty)
                plan = RemoteSecretPlanner.Plan(mesh, See(mesh, plan.NeedToken));
            if (!plan.Plan.HasWrites)
                return plan.Plan;
            State.Apply(plan.Plan);
            RefusedTokens.Clear();
        }

        throw new InvalidOperationException("it did not come to rest");
    }

    // The server gives each account a uid.
    private List<JsonObject> Objects(ClusterName cluster, ResourceKind kind, bool reversed)
    {
        var found = State.Where(entry => entry.Key.Cluster == cluster && entry.Key.Kind == kind).Select(entry =>
        {
            var live = (JsonObject)entry.Value.DeepClone();
            if (live["metadata"] is JsonObject metadata)
                metadata["uid"] ??= $"uid-{entry.Key.Name}";
            return live;
        }).OrderBy(live => live.Name(), StringComparer.Ordinal).ToList();
        if (reversed)
            found.Reverse();
        return found;
    }
}
