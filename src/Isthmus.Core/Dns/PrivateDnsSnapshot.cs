using System.Text.Json.Nodes;

namespace Isthmus.Core.Dns;

/// <summary>
/// One private zone as it was found. Its objects have the shape of Kubernetes' own: name, our labels and the ETag (as
/// resourceVersion) in their metadata, what we set in <c>spec</c>, the rest in <c>status</c>.
/// </summary>
public sealed class PrivateZoneSnapshot
{
    public required string Name { get; init; }

    /// <summary>Null where there is none.</summary>
    public required JsonObject? Zone { get; init; }

    public IReadOnlyList<JsonObject> Links { get; init; } = [];

    /// <summary>Sets of A records: all of them, or where the scope is one name those of that name.</summary>
    public IReadOnlyList<JsonObject> Records { get; init; } = [];

    /// <summary>Record sets of other types, but the zone's own SOA.</summary>
    public IReadOnlyList<(string Type, string Name)> Others { get; init; } = [];

    /// <summary>How many record sets of all types there are.</summary>
    public int Count { get; init; }
}

/// <summary>The zones in question: all of the domain and all of ours, or where the scope is one name that name's.</summary>
public sealed record PrivateDnsSnapshot(IReadOnlyList<PrivateZoneSnapshot> Zones);
