using System.Collections.Immutable;
using Isthmus.Core.Federation;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Dns;

/// <summary>Plans the zones, links and record sets of Azure Private DNS for all clusters that resolve by it.</summary>
public static class PrivateDnsPlanner
{
    /// <param name="mesh">The document.</param>
    /// <param name="seen">The zones as they stand.</param>
    /// <param name="wanted">The names in scope that any of those clusters imports, and their addresses.</param>
    /// <param name="mayWithdraw">Whether all control planes of those clusters were seen. A silent one may still use a name that nobody else knows of.</param>
    /// <param name="scope">What the run looks at. Zones and links go only where that is everything.</param>
    public static Plan Plan(
        MeshDocument mesh, PrivateDnsSnapshot seen, IReadOnlyDictionary<string, string> wanted, bool mayWithdraw, FederationScope scope)
    {
        var zones = seen.Zones.ToDictionary(zone => zone.Name, StringComparer.Ordinal);
        var records = wanted.Select(record => (PrivateDnsNames.Locate(mesh.Domain, record.Key), Address: record.Value))
            .ToLookup(entry => entry.Item1.Zone, entry => (entry.Item1.Record, entry.Address), StringComparer.Ordinal);
        var networks = PrivateNetworks.Of(mesh);
        var actions = ImmutableArray.CreateBuilder<PlannedAction>();
        foreach (var name in zones.Keys.Concat(records.Select(group => group.Key)).Distinct(StringComparer.Ordinal))
        {
            var zone = zones.GetValueOrDefault(name) ?? new PrivateZoneSnapshot { Name = name, Zone = null };
            var ofZone = records[name].ToImmutableSortedDictionary(record => record.Record, record => record.Address, StringComparer.Ordinal);
            actions.AddRange(new PrivateZonePlan(mesh, networks, zone, ofZone, mayWithdraw, scope).Actions());
        }

        return new Plan(actions);
    }
}
