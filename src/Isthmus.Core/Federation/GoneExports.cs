using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Dns;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Federation;

/// <summary>What goes because clusters are gone that Azure has no more: the guard against a blind eye is not to hold it up.</summary>
public sealed class GoneExports
{
    private readonly MeshDocument _mesh;
    private readonly ImmutableHashSet<ServiceName> _names;

    private GoneExports(MeshDocument mesh, ImmutableHashSet<ServiceName> names) => (_mesh, _names) = (mesh, names);

    /// <param name="mesh">The document with the clusters that are gone.</param>
    /// <param name="serviceEntries">Ours, which remember who exported their names.</param>
    public static GoneExports Of(MeshDocument mesh, IEnumerable<JsonObject> serviceEntries)
    {
        var gone = mesh.Gone.Select(cluster => cluster.Name).ToHashSet();
        var names = gone.Count == 0
            ? []
            : serviceEntries.GroupBy(KnownExporters.ServiceOf)
                .Where(entries => entries.Key is not null && entries.SelectMany(KnownExporters.Read).Select(exporter => exporter.Cluster).ToList() is { Count: > 0 } exporters && exporters.TrueForAll(gone.Contains))
                .Select(entries => entries.Key)
                .OfType<ServiceName>();
        return new GoneExports(mesh, [.. names]);
    }

    /// <summary>Whether nobody but a cluster that is gone had a use for an object.</summary>
    public bool Explains(PlannedAction.Delete deletion)
    {
        if (_mesh.Gone.IsEmpty)
            return false;
        if (deletion.Id.Kind == PrivateDnsNames.Record)
        {
            var host = $"{deletion.Id.Name}.{deletion.Id.Namespace}";
            return _names.Any(name => name.GlobalHost(_mesh.Domain) is var own && (host == own || host.EndsWith("." + own, StringComparison.Ordinal)));
        }

        return (KnownExporters.ServiceOf(deletion.Live) is { } service && _names.Contains(service))
            || (deletion.Live.Annotation(ServiceMirrors.SourceAnnotation) is { } source && _mesh.Gone.Any(cluster => cluster.Name.Value == source));
    }
}
