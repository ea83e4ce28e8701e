using System.Collections.Concurrent;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;
using Microsoft.Extensions.Logging;

namespace Isthmus.Runtime.Injection;

/// <summary>
/// Settings of each cluster and revision. Concurrent cold requests share one load; warm ones wait only after a time without any. New settings replace old ones
/// only when they parse as a whole, as in istiod; until then the last good ones stay and <see cref="Status"/> says why.
/// </summary>
public sealed class InjectionSettingsCache(
    Func<MeshCluster, CancellationToken, Task<IstioSettingsReader>> connect, InjectionCacheOptions options, TimeProvider time, ILogger<InjectionSettingsCache> logger)
{
    private readonly ConcurrentDictionary<(ClusterName Cluster, string Revision), Entry> _entries = new();

    /// <summary>The settings for pods of a cluster. Waits where there are none yet, and for a moment where they are old.</summary>
    /// <exception cref="InjectionUnavailableException">There are none, and the message says why.</exception>
    public async Task<LoadedInjection> GetAsync(MeshCluster cluster, string revision, CancellationToken cancellationToken)
    {
        Entry entry = _entries.GetOrAdd((cluster.Name, revision), _ => new Entry());
        if (entry.Good is { } good)
        {
            var age = time.GetUtcNow() - entry.LookedAt;
            if (age < options.RevalidateAfter)
                return good;
            var look = Load(entry, cluster, revision);
            return age < options.WaitAfter ? good : await AwaitLookAsync(entry, look, cancellationToken).ConfigureAwait(false) ?? good;
        }
        try
        {
            return await Load(entry, cluster, revision).WaitAsync(cancellationToken).ConfigureAwait(false)
                ?? throw new InjectionUnavailableException(entry.Error ?? "the injection settings could not be loaded");
        }
        catch (OperationCanceledException late) when (cancellationToken.IsCancellationRequested)
        {
            throw new InjectionUnavailableException($"the injection settings of cluster {cluster.Name} were not there in time{(entry.Error is null ? "" : $": {entry.Error}")}", late);
        }
    }

    /// <summary>A cluster's reader, for what is not cached.</summary>
    public Task<IstioSettingsReader> ConnectAsync(MeshCluster cluster, CancellationToken cancellationToken) => connect(cluster, cancellationToken);

    /// <summary>Everything that is, or should be, cached, by cluster and revision.</summary>
    public IReadOnlyList<InjectionSettingsStatus> Status() =>
    [
        .. _entries.OrderBy(entry => entry.Key.Cluster.Value, StringComparer.Ordinal).ThenBy(entry => entry.Key.Revision, StringComparer.Ordinal)
            .Select(entry => new InjectionSettingsStatus(
                entry.Key.Cluster, entry.Key.Revision, entry.Value.Good?.Settings.Version.ToString(), entry.Value.LoadedAt, entry.Value.Error)),
    ];

    /// <summary>Ends when no load is under way.</summary>
    internal Task WhenIdleAsync() => Task.WhenAll(_entries.Values.Select(entry => entry.Loading ?? Task.FromResult<LoadedInjection?>(null)));

    /// <summary>The load that is under way, or a new one; it outlives the request that started it, since others wait for it too.</summary>
    private Task<LoadedInjection?> Load(Entry entry, MeshCluster cluster, string revision)
    {
        lock (entry.Gate)
        {
            if (entry.Loading is { IsCompleted: false } running)
                return running;
            entry.BegunAt = time.GetTimestamp();
            return entry.Loading = Task.Run(() => LoadAsync(entry, cluster, revision));
        }
    }

    /// <summary>What a look finds; null where it fails, or takes longer than a pod should wait for settings that are most likely the same.</summary>
    private async Task<LoadedInjection?> AwaitLookAsync(Entry entry, Task<LoadedInjection?> look, CancellationToken cancellationToken)
    {
        var patience = options.LookPatience - time.GetElapsedTime(entry.BegunAt);
        if (patience <= TimeSpan.Zero)
            return null;
        try
        {
            return await look.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<LoadedInjection?> LoadAsync(Entry entry, MeshCluster cluster, string revision)
    {
        using var patience = new CancellationTokenSource(options.LoadTimeout, time);
        try
        {
            IstioSettingsReader reader = await connect(cluster, patience.Token).ConfigureAwait(false);
            LoadedInjection loaded = await reader.LoadAsync(revision, entry.Good, patience.Token).ConfigureAwait(false);
            entry.Succeed(loaded, time.GetUtcNow());
            return loaded;
        }
        catch (Exception fault) when (fault is InjectionUnavailableException or ClusterUnreachableException or ClusterApiException)
        {
            Fail(entry, cluster, revision, fault.Message);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            Fail(entry, cluster, revision, $"cluster {cluster.Name}: no answer within {options.LoadTimeout.TotalSeconds:0.#} s");
        }
        return null;
    }

    private void Fail(Entry entry, MeshCluster cluster, string revision, string error)
    {
        // Said once for each reason, not at every look.
        if (entry.Error != error)
            logger.LogWarning("Injection settings of cluster {Cluster}, revision {Revision}: {Error}", cluster.Name, revision, error);
        entry.Fail(error, time.GetUtcNow());
    }

    private sealed class Entry
    {
        private volatile State _state = new(null, null, null, default);

        public Lock Gate { get; } = new();

        public Task<LoadedInjection?>? Loading { get; set; }

        /// <summary>A timestamp, which is read without the gate.</summary>
        public long BegunAt { get; set; }

        public LoadedInjection? Good => _state.Good;

        public string? Error => _state.Error;

        public DateTimeOffset? LoadedAt => _state.LoadedAt;

        public DateTimeOffset LookedAt => _state.LookedAt;

        public void Succeed(LoadedInjection loaded, DateTimeOffset now) => _state = new State(loaded, null, now, now);

        public void Fail(string error, DateTimeOffset now) => _state = _state with { Error = error, LookedAt = now };

        private sealed record State(LoadedInjection? Good, string? Error, DateTimeOffset? LoadedAt, DateTimeOffset LookedAt);
    }
}
