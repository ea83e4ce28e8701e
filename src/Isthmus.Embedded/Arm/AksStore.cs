using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Arm;

/// <summary>AKS clusters by their ARM id, in any case.</summary>
internal sealed class AksStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (JsonObject Resource, string Kubeconfig)> _clusters = new(StringComparer.OrdinalIgnoreCase);

    public void Put(JsonObject resource, string kubeconfig)
    {
        lock (_lock)
            _clusters[$"{resource["id"]}"] = (resource, kubeconfig);
    }

    public void Change(string id, Action<JsonObject> change)
    {
        lock (_lock)
            change(_clusters[id].Resource);
    }

    public void Remove(string id)
    {
        lock (_lock)
            _clusters.Remove(id);
    }

    public (JsonObject Resource, string Kubeconfig)? Find(string id)
    {
        lock (_lock)
            return _clusters.TryGetValue(id, out var found) ? ((JsonObject)found.Resource.DeepClone(), found.Kubeconfig) : null;
    }

    public IReadOnlyList<JsonObject> All()
    {
        lock (_lock)
            return [.. _clusters.Values.Select(cluster => (JsonObject)cluster.Resource.DeepClone())];
    }
}
