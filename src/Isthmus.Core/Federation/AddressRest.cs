using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Federation;

/// <summary>
/// A freed address rests for ten minutes: sidecars and resolvers may still lead clients of the old name to it. The record of it is a
/// ConfigMap of ours in each cluster that had the name, written before the ServiceEntry goes and removed by a later full run.
/// </summary>
internal static class AddressRest
{
    /// <summary>How long nobody else gets a freed address.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(10);

    private const string FreedAnnotation = "isthmus.dev/address-freed";

    /// <summary>The claims whose addresses rest at a time.</summary>
    public static IEnumerable<AddressClaim> Claims(MeshDocument mesh, IEnumerable<JsonObject> records, DateTimeOffset now) =>
        records.Where(record => Ownership.IsOurs(record, mesh.Name) && IsResting(record, now)).Select(AddressClaim.OfOurs).OfType<AddressClaim>();

    /// <summary>The records that a cluster should hold for the names in scope.</summary>
    /// <param name="mesh">The document.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="records">Its records as they are.</param>
    /// <param name="shown">The addresses that its ServiceEntries show.</param>
    /// <param name="scope">What the run looks at.</param>
    /// <param name="isInUse">Whether a name is exported somewhere.</param>
    /// <param name="now">The time.</param>
    public static IEnumerable<DesiredObject> Desired(
        MeshDocument mesh, ClusterName cluster, IEnumerable<JsonObject> records, IEnumerable<AddressClaim> shown, FederationScope scope, Func<GlobalName, bool> isInUse,
        DateTimeOffset now)
    {
        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (var record in records.Where(record => Ownership.IsOurs(record, mesh.Name) && IsResting(record, now)))
        {
            if (KnownExporters.NameOf(record) is { } name && scope.Includes(name.Service) && !isInUse(name) && kept.Add(record.Name()))
                yield return new DesiredObject(Id(cluster, record.Name()), Content(record));
        }

        foreach (var claim in shown.Where(claim => scope.Includes(claim.Name.Service) && !isInUse(claim.Name)))
        {
            var id = Id(cluster, $"resting.{claim.Name.Host(mesh.Domain)}");
            if (kept.Add(id.Name))
                yield return new DesiredObject(id, Record(mesh, id, claim, now));
        }
    }

    private static ObjectId Id(ClusterName cluster, string name) => new(cluster, ResourceKind.ConfigMap, SystemNamespaces.Isthmus, name);

    private static JsonObject Record(MeshDocument mesh, ObjectId id, AddressClaim claim, DateTimeOffset now)
    {
        var labels = FederationNames.Labels(claim.Name);
        labels[FederationNames.AddressLabel] = claim.Address;
        labels[FederationNames.RestingLabel] = "true";
        return Ownership.NewObject(id, mesh.Name, labels, new JsonObject
        {
            [FederationNames.AddressClaimedAnnotation] = AddressClaim.Write(claim.Claimed),
            [FreedAnnotation] = AddressClaim.Write(now),
        });
    }

    private static JsonObject Content(JsonObject record)
    {
        var content = (JsonObject)record.DeepClone();
        content.Remove("status");
        return content;
    }

    private static bool IsResting(JsonObject record, DateTimeOffset now) =>
        AddressClaim.ReadTime(record.Annotation(FreedAnnotation)) is { } freed && freed + Duration > now;
}
