using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Runtime.Kubernetes;

namespace Isthmus.Runtime.Checks;

/// <summary>Reads one cluster for the preflight: what the server refuses is noted, and the rest is looked at all the same.</summary>
internal sealed class CheckReader(ClusterApi api)
{
    private readonly ConcurrentBag<string> _unread = [];

    public IEnumerable<string> Unread => _unread.Order(StringComparer.Ordinal);

    public async Task<IReadOnlyList<JsonObject>> ListAsync(ResourceKind kind, string? ns, string? labelSelector, CancellationToken cancellationToken) =>
        await GuardAsync($"{kind.Plural}{(ns is null ? "" : $" in {ns}")}", async () => (IReadOnlyList<JsonObject>?)await api.ListAsync(kind, ns, labelSelector, null, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false) ?? [];

    public Task<JsonObject?> GetAsync(ResourceKind kind, string? ns, string name, CancellationToken cancellationToken) =>
        GuardAsync($"{kind} {(ns is null ? name : $"{ns}/{name}")}", () => api.GetAsync(kind, ns, name, cancellationToken));

    private async Task<T?> GuardAsync<T>(string what, Func<Task<T?>> read)
        where T : class
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (ClusterApiException refusal)
        {
            _unread.Add($"cannot read {what}: {refusal.Message}");
            return null;
        }
    }
}
