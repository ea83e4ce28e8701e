using System.Collections.Immutable;

namespace Isthmus.Core.Aks;

/// <summary>What is remembered of one AKS cluster between two looks at Azure, so that nothing hangs on a single answer.</summary>
public sealed record KnownCluster
{
    public required string ResourceId { get; init; }

    /// <summary>When it was first seen: of two clusters that want one name the earlier has it.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Its name in the mesh, once it has one; it is Istio's cluster ID, so it stays whatever tags say later. Null where the document names it.</summary>
    public string? Name { get; init; }

    /// <summary>The name that it would have if nobody else had it.</summary>
    public string WantedName { get; init; } = "";

    /// <summary>Whether it joined by its tag; otherwise the document lists it.</summary>
    public bool IsDiscovered { get; init; }

    /// <summary>Whether the tag was still there at the last look.</summary>
    public bool IsTagged { get; init; }

    public bool IsLeaving { get; init; }

    public string Location { get; init; } = "";

    public string? VirtualNetwork { get; init; }

    public bool HasFlatPods { get; init; }

    /// <summary>What the tags say of network, control plane and gateway; null where they say nothing.</summary>
    public string? Network { get; init; }

    public string? ControlPlane { get; init; }

    public string? Gateway { get; init; }

    /// <summary>Address ranges as text; compared as one text, since records compare arrays by reference.</summary>
    public string PodCidrs { get; init; } = "";

    public string ServiceCidrs { get; init; } = "";

    /// <summary>Since when ARM answers that it does not exist; null while it does.</summary>
    public DateTimeOffset? GoneSince { get; init; }

    public static string Join<T>(ImmutableArray<T> ranges) => string.Join(' ', ranges.Select(range => $"{range}").Order(StringComparer.Ordinal));
}
