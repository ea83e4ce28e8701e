using System.Collections.Immutable;

namespace Isthmus.Core.Endpoints;

/// <summary>The endpoints of one locality and priority. No weight where it is empty.</summary>
public sealed class LocalityGroup(string locality, int priority, uint weight, ImmutableArray<AssignedEndpoint> endpoints)
{
    public string Locality { get; } = locality;

    public int Priority { get; } = priority;

    public uint Weight { get; } = weight;

    public ImmutableArray<AssignedEndpoint> Endpoints { get; } = endpoints;

    public bool HasWeight => !Endpoints.IsEmpty;
}
