using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Isthmus.Core.Dns;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Runtime.Arm;

namespace Isthmus.Runtime.PrivateDns;

/// <summary>The private zones of one resource group.</summary>
internal sealed class PrivateDnsZones(ArmClient arm, PrivateDnsSettings settings, MeshDocument mesh)
{
    /// <summary>Requests beside each other: enough to be quick, few enough for ARM's limits.</summary>
    public const int AtOnce = 8;

    /// <summary>The api-version of Microsoft.Network for private zones.</summary>
    public const string ApiVersion = "2020-06-01";

    private const string Page = "$top=100";

    /// <summary>All zones of the domain and all of ours, each with one listing of its record sets.</summary>
    public async Task<PrivateDnsSnapshot> ReadAllAsync(CancellationToken cancellationToken)
    {
        var zones = await arm.ListAsync($"{settings.ResourceGroup}/providers/Microsoft.Network/privateDnsZones", ApiVersion, Page, cancellationToken).ConfigureAwait(false);
        var read = new ConcurrentBag<PrivateZoneSnapshot>();
        await Parallel.ForEachAsync(zones, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (resource, token) =>
        {
            var zone = PrivateDnsJson.Zone(resource);
            if (PrivateDnsNames.IsOfDomain(mesh.Domain, zone.Name()) || Ownership.IsOurs(zone, mesh.Name))
                read.Add(await ReadWholeAsync(zone, token).ConfigureAwait(false));
        }).ConfigureAwait(false);
        return new PrivateDnsSnapshot([.. read.OrderBy(zone => zone.Name, StringComparer.Ordinal)]);
    }

    private async Task<PrivateZoneSnapshot> ReadWholeAsync(JsonObject zone, CancellationToken cancellationToken)
    {
        var name = zone.Name();
        var links = await arm.ListAsync($"{Path(name)}/virtualNetworkLinks", ApiVersion, Page, cancellationToken).ConfigureAwait(false);
        var records = await arm.ListAsync($"{Path(name)}/ALL", ApiVersion, Page, cancellationToken).ConfigureAwait(false);
        return new PrivateZoneSnapshot
        {
            Name = name,
            Zone = zone,
            Links = [.. links.Select(link => PrivateDnsJson.Link(name, link))],
            Records = [.. records.Where(record => PrivateDnsJson.Type(record) == "A").Select(record => PrivateDnsJson.Record(name, record))],
            Others = [.. records.Select(record => (PrivateDnsJson.Type(record), PrivateDnsJson.Name(record))).Where(other => other.Item1 is not ("A" or "SOA"))],
            Count = records.Count,
        };
    }

    /// <summary>What concerns some names, by a number of requests that depends on them alone.</summary>
    public async Task<PrivateDnsSnapshot> ReadAsync(IReadOnlyList<ServiceName> names, CancellationToken cancellationToken)
    {
        var zones = names.Select(name => PrivateDnsNames.Locate(mesh.Domain, name.GlobalHost(mesh.Domain)))
            .GroupBy(place => place.Zone, place => place.Record, StringComparer.Ordinal)
            .Select(group => ReadAsync(group.Key, [.. group], cancellationToken));
        return new PrivateDnsSnapshot(await Task.WhenAll(zones).ConfigureAwait(false));
    }

    public string Path(ObjectId id) => id.Kind == PrivateDnsNames.Zone ? Path(id.Name) : $"{Path(id.Namespace ?? "")}/{id.Kind.Plural}/{id.Name}";

    private async Task<PrivateZoneSnapshot> ReadAsync(string name, IReadOnlyList<string> records, CancellationToken cancellationToken)
    {
        var zone = await arm.GetAsync(Path(name), ApiVersion, cancellationToken).ConfigureAwait(false);
        if (zone is null)
            return new PrivateZoneSnapshot { Name = name, Zone = null };
        var links = arm.ListAsync($"{Path(name)}/virtualNetworkLinks", ApiVersion, Page, cancellationToken);
        // Pods have names below their service's; the filter gives what ends in a dot and the suffix, so not the name itself.
        var named = records.Select(record => arm.GetAsync($"{Path(name)}/A/{record}", ApiVersion, cancellationToken)).ToList();
        var below = records.Select(record => arm.ListAsync($"{Path(name)}/A", ApiVersion, $"{Page}&$recordsetnamesuffix={record}", cancellationToken)).ToList();
        await Task.WhenAll(named.Cast<Task>().Concat(below).Append(links)).ConfigureAwait(false);
        var found = (await Task.WhenAll(named).ConfigureAwait(false)).Concat((await Task.WhenAll(below).ConfigureAwait(false)).SelectMany(list => list));
        return new PrivateZoneSnapshot
        {
            Name = name,
            Zone = PrivateDnsJson.Zone(zone),
            Links = [.. (await links.ConfigureAwait(false)).Select(link => PrivateDnsJson.Link(name, link))],
            Records = [.. found.OfType<JsonObject>().DistinctBy(PrivateDnsJson.Name).Select(record => PrivateDnsJson.Record(name, record))],
            Count = PrivateDnsJson.Count(zone),
        };
    }

    private string Path(string zone) => $"{settings.ResourceGroup}/providers/Microsoft.Network/privateDnsZones/{zone}";
}
