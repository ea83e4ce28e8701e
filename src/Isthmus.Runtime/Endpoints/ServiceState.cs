using Isthmus.Core.Endpoints;
using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.Endpoints;

/// <summary>What was read of one service, and by what it is known to be current.</summary>
internal sealed record ServiceState
{
    public required MeshDocument Mesh { get; init; }

    /// <summary>The count of the last change among what it was read from.</summary>
    public required long Change { get; init; }

    /// <summary>How many clusters were counted in.</summary>
    public required int Clusters { get; init; }

    /// <summary>When the gateways' names are to be resolved again.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Changes whenever an answer could.</summary>
    public required long Revision { get; init; }

    public required LiveInputs Inputs { get; init; }

    public required ServicePolicies Policies { get; init; }

    /// <summary>The table before names were resolved.</summary>
    public required GatewayTable Given { get; init; }

    public bool Fits(MeshDocument mesh, long change, int clusters) => ReferenceEquals(Mesh, mesh) && Change == change && Clusters == clusters;
}
