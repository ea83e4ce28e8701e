using Isthmus.Core.Checks;
using Isthmus.Core.Injection;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Tests.Checks;

/// <summary>A mesh of two clusters with nothing wrong, for tests to spoil one thing in.</summary>
internal static class CheckWorld
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly ClusterName East = new("east");
    public static readonly ClusterName West = new("west");

    public static MeshDocument Mesh(Func<string, string>? change = null)
    {
        var text = """
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: test}
            spec:
              mayExport: [shop]
              clusters:
              - {name: east, network: n-east, access: {kubeconfig: east.yaml}, gateway: {addresses: [10.255.0.1]}}
              - {name: west, network: n-west, access: {kubeconfig: west.yaml}, gateway: {addresses: [10.255.0.2]}}
            """;
        var result = MeshDocument.Parse(change is null ? text : change(text));
        return result.Document ?? throw new InvalidOperationException(string.Join("; ", result.Errors));
    }

    public static ClusterCheckSnapshot Good { get; } = new()
    {
        Answer = new ServerAnswer("v1.33.1", Now, Now.AddMilliseconds(490), TimeSpan.FromMilliseconds(20)),
        Istiods = [Istiod(new IstioVersion(1, 27, 0))],
    };

    public static SeenIstiod Istiod(IstioVersion? version) => new("istiod", "default", version, 1, new Dictionary<string, string>(), null);

    /// <summary>The findings where east is as given and west is good.</summary>
    public static IReadOnlyList<CheckFinding> Find(ClusterCheckSnapshot east, MeshDocument? mesh = null) =>
        MeshChecks.Run(new CheckSnapshot(mesh ?? Mesh(), new Dictionary<ClusterName, ClusterCheckSnapshot> { [West] = Good, [East] = east }, Now));

    /// <summary>What is wrong with east.</summary>
    public static IReadOnlyList<CheckFinding> Problems(ClusterCheckSnapshot east, MeshDocument? mesh = null) =>
        [.. Find(east, mesh).Where(finding => finding.Severity != CheckSeverity.Ok)];
}
