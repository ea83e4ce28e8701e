using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>Who holds addresses in one cluster, and which were freed a short while ago.</summary>
internal sealed record AddressHolders(IReadOnlyList<JsonObject> ServiceEntries, IReadOnlyList<JsonObject> Resting)
{
    public static readonly AddressHolders None = new([], []);

    /// <param name="window">The addresses to ask for; null: all.</param>
    public static async Task<AddressHolders> ReadAsync(
        ClusterApi api, MeshCluster cluster, FederationScope scope, IReadOnlySet<string>? window, CancellationToken cancellationToken)
    {
        // Names that nobody exports and that hold nothing want no address; a selector cannot ask for none either.
        if (!cluster.HasOwnControlPlane || window is { Count: 0 })
            return None;
        var selector = window is null ? FederationNames.AddressLabel : $"{FederationNames.AddressLabel} in ({string.Join(',', window.Order(StringComparer.Ordinal))})";
        // A full run has read every ServiceEntry already.
        var entries = scope.IsEverything
            ? Task.FromResult<IReadOnlyList<JsonObject>>([])
            : api.ListAsync(ResourceKind.ServiceEntry, SystemNamespaces.Isthmus, selector, null, cancellationToken);
        var resting = api.ListAsync(ResourceKind.ConfigMap, SystemNamespaces.Isthmus, $"{FederationNames.RestingLabel}=true,{selector}", null, cancellationToken);
        await Task.WhenAll(entries, resting).ConfigureAwait(false);
        return new AddressHolders(await entries.ConfigureAwait(false), await resting.ConfigureAwait(false));
    }
}
