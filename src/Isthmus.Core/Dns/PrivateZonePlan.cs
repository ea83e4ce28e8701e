using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Dns;

/// <summary>The steps of one private zone.</summary>
internal sealed class PrivateZonePlan(
    MeshDocument mesh,
    PrivateNetworks networks,
    PrivateZoneSnapshot seen,
    ImmutableSortedDictionary<string, string> wanted,
    bool mayWithdraw,
    FederationScope scope)
{
    // Azure's limit of record sets in one private zone.
    private const int MostRecords = 25_000;
    private const int WarnRecords = MostRecords / 10 * 8;

    private readonly ObjectId _id = PrivateDnsNames.ZoneId(seen.Name);

    private bool IsOurs => seen.Zone is { } zone && Ownership.IsOurs(zone, mesh.Name);

    public IEnumerable<PlannedAction> Actions()
    {
        // A zone that nobody marked may be used; another mesh's would be emptied by its owner.
        if (seen.Zone is { } zone && zone.Label(Ownership.ManagedByLabel) == Ownership.ManagedByValue && !IsOurs)
            return wanted.IsEmpty ? [] : [new PlannedAction.Skipped(_id, Ownership.Clash(zone, mesh.Name) ?? "")];
        var records = Records();
        return [.. ZoneSteps(), .. Links(), .. records, .. Notes(records)];
    }

    private List<PlannedAction> Records()
    {
        var taken = seen.Others.Where(other => other.Type == "CNAME").Select(other => other.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var desired = wanted.Where(record => !taken.Contains(record.Key)).Select(record => Desired(PrivateDnsNames.RecordId(seen.Name, record.Key), new JsonObject
        {
            ["ttl"] = DnsZone.Ttl,
            ["addresses"] = new JsonArray(record.Value),
        })).ToList();
        var observed = seen.Records.Where(record => wanted.ContainsKey(record.Name()) || (Ownership.IsOurs(record, mesh.Name) && IsInScope(record)))
            .Select(record => new ObservedObject(PrivateDnsNames.RecordId(seen.Name, record.Name()), record));
        var room = Math.Max(0, MostRecords - seen.Count);
        var actions = new List<PlannedAction>();
        foreach (var action in PlanDiff.Compute(desired, observed).OwnedOnly(mesh.Name).Actions)
        {
            actions.Add(action switch
            {
                PlannedAction.Delete when !mayWithdraw => new PlannedAction.Skipped(action.Id, "a control plane that may still use it cannot be reached"),
                PlannedAction.Create when room-- <= 0 => new PlannedAction.Skipped(action.Id, "the zone holds its 25,000 record sets already"),
                _ => action,
            });
        }

        actions.AddRange(wanted.Keys.Where(taken.Contains).Select(name => new PlannedAction.Skipped(
            PrivateDnsNames.RecordId(seen.Name, name), "a CNAME record set of this name is there already and belongs to somebody else")));
        return actions;
    }

    private bool IsInScope(JsonObject record) => DnsPlanner.IsInScope($"{record.Name()}.{seen.Name}", mesh.Domain, scope);

    private bool HoldsOurs => seen.Records.Any(record => Ownership.IsOurs(record, mesh.Name));

    /// <summary>
    /// Nothing is wanted of it and no record of ours is left in it. That is seen, not planned: deleting a zone deletes what is in it, and a
    /// filter may have kept the records.
    /// </summary>
    private bool IsDone => scope.IsEverything && wanted.IsEmpty && !HoldsOurs;

    private string? KeptFor =>
        seen.Others.Select(other => $"{other.Type} record set {other.Name}")
            .Concat(seen.Records.Select(record => $"A record set {record.Name()}"))
            .Concat(seen.Links.Where(link => !Ownership.IsOurs(link, mesh.Name)).Select(link => $"link {link.Name()}"))
            .Order(StringComparer.Ordinal).FirstOrDefault();

    private IEnumerable<PlannedAction> ZoneSteps()
    {
        if (!wanted.IsEmpty && seen.Zone is null)
            yield return new PlannedAction.Create(_id, Ownership.NewObject(_id, mesh.Name));
        else if (seen.Zone is { } zone && IsOurs)
            yield return !IsDone ? new PlannedAction.Unchanged(_id)
                : KeptFor is { } other ? new PlannedAction.Skipped(_id, $"it is of no use to the mesh any more, but stays because of others' {other}")
                : new PlannedAction.Delete(_id, zone);
    }

    private IEnumerable<PlannedAction> Links()
    {
        var live = seen.Links.ToLookup(link => ObjectMetadata.TextOf((link["spec"] as JsonObject)?["virtualNetwork"]) ?? "", StringComparer.OrdinalIgnoreCase);
        var needed = wanted.IsEmpty ? [] : networks.Linked;
        foreach (var network in needed)
        {
            // A network can be linked once only, so a link of somebody else serves as well.
            var id = PrivateDnsNames.LinkId(seen.Name, live[network].FirstOrDefault()?.Name() ?? PrivateDnsNames.LinkName(network));
            var desired = Desired(id, new JsonObject { ["virtualNetwork"] = Spelling(live[network].FirstOrDefault()) ?? network, ["registrationEnabled"] = false });
            if (!live[network].Any())
                yield return new PlannedAction.Create(id, desired.Content);
            else if (live[network].FirstOrDefault(link => Ownership.IsOurs(link, mesh.Name)) is { } ours)
                yield return PlanDiff.Compute([desired], [new ObservedObject(id, ours)]).Actions[0];
        }

        if (!scope.IsEverything)
            yield break;
        foreach (var link in seen.Links.Where(link => Ownership.IsOurs(link, mesh.Name)))
        {
            var network = Spelling(link) ?? "";
            var id = PrivateDnsNames.LinkId(seen.Name, link.Name());
            if (needed.Contains(network))
                continue;
            if (networks.Unlinked.Contains(network) || (IsDone && (!IsOurs || KeptFor is null)))
                yield return new PlannedAction.Delete(id, link);
            else if (networks.Linked.Contains(network))
                yield return new PlannedAction.Unchanged(id);
            else
                yield return new PlannedAction.Skipped(id, $"links {network}, which no cluster of the mesh document names: take it out if nobody needs it");
        }
    }

    private IEnumerable<PlannedAction> Notes(List<PlannedAction> records)
    {
        var count = seen.Count + records.Count(action => action is PlannedAction.Create);
        if (count > WarnRecords && !wanted.IsEmpty)
        {
            yield return new PlannedAction.Skipped(
                _id, string.Create(CultureInfo.InvariantCulture, $"{count} of the {MostRecords} record sets that a zone may hold are taken: a domain of one label has a zone for each namespace"));
        }
    }

    private DesiredObject Desired(ObjectId id, JsonObject spec)
    {
        var content = Ownership.NewObject(id, mesh.Name);
        content["spec"] = spec;
        return new DesiredObject(id, content);
    }

    private static string? Spelling(JsonObject? link) => ObjectMetadata.TextOf((link?["spec"] as JsonObject)?["virtualNetwork"]);
}
