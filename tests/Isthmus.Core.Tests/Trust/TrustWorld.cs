using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Federation;
using Isthmus.Core.Trust;

namespace Isthmus.Core.Tests.Trust;

/// <summary>A mesh of three clusters whose cacerts, istiods and workloads are modelled. Runs see and write as the real ones do.</summary>
internal sealed class TrustWorld
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
    public static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    public static readonly TestAuthority OldRoot = new("old root", Start);
    public static readonly TestAuthority NewRoot = new("new root", Start);
    public static readonly CaMaterial Old = OldRoot.Material(Start, "v1");
    public static readonly CaMaterial New = NewRoot.Material(Start, "v2");

    private readonly Dictionary<ClusterName, JsonObject> _secrets = [];
    private int _version;

    public TrustWorld(bool isSteady = true)
    {
        foreach (var cluster in Mesh.Clusters)
            Istiods[cluster.Name] = new ModelIstiod(Lifetime);
        if (!isSteady)
            return;
        Run();
        foreach (var cluster in Clusters)
            Settle(cluster);
        Now += Lifetime;
        Newest = New;
    }

    public MeshDocument Mesh { get; private set; } = FederationWorld.Parse(FederationWorld.DefaultDocument);

    public IEnumerable<ClusterName> Clusters => Mesh.Clusters.Select(cluster => cluster.Name);

    public TrustSettings Trust { get; set; } = new(new Uri("https://v/"), "c", "cluster.local", Adopt: false);

    public Dictionary<ClusterName, ModelIstiod> Istiods { get; } = [];

    public Dictionary<ClusterName, JsonObject> SelfSigned { get; } = [];

    public HashSet<ClusterName> Silent { get; } = [];

    /// <summary>The versions of the istiods, where they are known.</summary>
    public Dictionary<ClusterName, IstioVersion> Versions { get; } = [];

    /// <summary>Further istiods beside the modelled one, which writes the ConfigMap.</summary>
    public Dictionary<ClusterName, TrustIstiod[]> Canaries { get; } = [];

    public CaMaterial? Newest { get; set; } = Old;

    public DateTimeOffset Now { get; set; } = Start;

    public static ClusterName East => new("east");

    public JsonObject? Secret(ClusterName cluster) => _secrets.GetValueOrDefault(cluster);

    public string? Stage(ClusterName cluster) => Secret(cluster)?.Annotation("isthmus.dev/trust-stage");

    public MeshTrustSnapshot See(TrustOrder? order = null)
    {
        var seen = new MeshTrustSnapshot
        {
            Clusters = Clusters.Where(cluster => !Silent.Contains(cluster)).ToDictionary(cluster => cluster, cluster => new TrustSnapshot(true, Secret(cluster)?.DeepClone() as JsonObject)
            {
                PublishedRoot = Istiods[cluster].Published,
                SelfSigned = SelfSigned.GetValueOrDefault(cluster),
                Istiods = [new TrustIstiod("istiod", Versions.TryGetValue(cluster, out var version) ? version : null, Istiods[cluster].MultiRoot), .. Canaries.GetValueOrDefault(cluster) ?? []],
            }),
            Newest = Newest,
            Now = Now,
            Order = order,
        };
        return TrustPlanner.VersionNeeded(Mesh, Trust, seen) == New.SourceVersion ? seen with { Pinned = New } : seen;
    }

    public Plan Plan(TrustOrder? order = null) => TrustPlanner.Plan(Mesh, Trust, See(order));

    public TrustStatus Status() => TrustStatusReader.Read(Mesh, Trust, See());

    /// <summary>Runs until nothing is left to do, or dies after some writes. Returns how many there were.</summary>
    public int Run(TrustOrder? order = null, int diesAfter = int.MaxValue)
    {
        var writes = 0;
        for (var plan = Plan(order); plan.HasWrites; plan = Plan(order))
        {
            foreach (var action in plan.Actions.Where(action => action.IsWrite))
            {
                if (writes >= diesAfter)
                    return writes;
                writes += Apply(action) ? 1 : 0;
            }
        }

        return writes;
    }

    /// <summary>What an API server does: a create where something is, or a replace of what was changed since, is a conflict.</summary>
    public bool Apply(PlannedAction action)
    {
        var content = action switch
        {
            PlannedAction.Create create when Secret(create.Id.Cluster) is null => create.Content,
            PlannedAction.Replace replace when Secret(replace.Id.Cluster)?.ResourceVersion() == replace.Live.ResourceVersion() => replace.Content,
            _ => null,
        };
        if (content is null || Silent.Contains(action.Id.Cluster))
            return false;
        Put(action.Id.Cluster, (JsonObject)content.DeepClone());
        return true;
    }

    public void Put(ClusterName cluster, JsonObject? secret)
    {
        if (secret is null)
        {
            _secrets.Remove(cluster);
            return;
        }

        (secret["metadata"] as JsonObject ?? [])["resourceVersion"] = (++_version).ToString(CultureInfo.InvariantCulture);
        _secrets[cluster] = secret;
    }

    public void Settle(ClusterName cluster)
    {
        Istiods[cluster].Mount(Secret(cluster));
        Istiods[cluster].Load(Now);
        Istiods[cluster].Publish();
    }

    /// <summary>Takes a cluster out of the document, as if it had never been there.</summary>
    public void Forget(ClusterName cluster)
    {
        Mesh = FederationWorld.Parse(string.Join('\n', FederationWorld.DefaultDocument.Split('\n').Where(line => !line.Contains($"name: {cluster},", StringComparison.Ordinal))));
        Put(cluster, null);
    }

    /// <summary>The document lists all three again; the new one's istiod never ran, or signs with a CA that it made itself.</summary>
    public void Join(ClusterName cluster, bool isSelfSigned)
    {
        Mesh = FederationWorld.Parse(FederationWorld.DefaultDocument);
        Istiods[cluster] = new ModelIstiod(Lifetime);
        if (!isSelfSigned)
            return;
        var own = new TestAuthority($"{cluster}'s own", Start);
        SelfSigned[cluster] = new JsonObject { ["data"] = new JsonObject { ["ca-cert.pem"] = Base64(own.RootPem), ["ca-key.pem"] = Base64(own.KeyPem) } };
        Istiods[cluster].SignAlone(new Issue(own.RootPem, own.KeyPem, "", own.RootPem), Now);
    }

    public TrustOrder? Rotate(params ClusterName[] without) => TrustOrders.Rotate(Mesh, Trust, See(), without).Order;

    public TrustOrder? Abort() => TrustOrders.Abort(Mesh, Trust, See()).Order;

    /// <summary>A pair of workloads that does not accept each other; null where all do.</summary>
    public string? Broken(params ClusterName[] apart)
    {
        var held = Clusters.Where(cluster => !apart.Contains(cluster)).SelectMany(cluster => Istiods[cluster].Held(Now).Select(issue => (cluster, issue))).ToList();
        foreach (var (cluster, issue) in held)
        {
            foreach (var (other, theirs) in held)
            {
                if (!Workloads.Accept(issue, theirs, Now))
                    return $"{Now:O}: a workload of {cluster} and one of {other}; stages {string.Join(", ", Clusters.Select(one => $"{one} {Stage(one) ?? "steady"}"))}";
            }
        }

        return null;
    }

    /// <summary>Lets the rotation run to its end: every istiod loads, and time passes.</summary>
    public void Finish(Action? check = null)
    {
        Silent.Clear();
        for (var round = 0; round < 12; round++)
        {
            Run();
            check?.Invoke();
            foreach (var cluster in Clusters)
                Settle(cluster);
            check?.Invoke();
            Run();
            check?.Invoke();
            Now += Lifetime;
            check?.Invoke();
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
