using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Isthmus.Core.Injection;

/// <summary>
/// What became of pods lately. Injection is a function of settings, facts, path and pod, and the pods of one ReplicaSet reach the webhook equal
/// to the letter (their names are generated after it), so a scale-out of hundreds is worked out twice. When full it starts again from nothing.
/// </summary>
internal sealed class InjectedPods
{
    private const int Capacity = 64;
    private const int LongestCached = 64 * 1024;

    private readonly ConcurrentDictionary<Key, Known> _known = new();
    private readonly Recurrence _recurrence = new();

    /// <summary>What the answer depends on beside the settings; null for a pod that is too large to keep. Facts are told apart by reference.</summary>
    public static Key? KeyOf(ClusterFacts facts, InjectPath path, string requestNamespace, JsonObject pod)
    {
        var text = pod.ToJsonString();
        return text.Length > LongestCached ? null : new Key(facts, path.Text, requestNamespace, text);
    }

    public Known? Find(Key key) => _known.GetValueOrDefault(key);

    /// <summary>The result with its patch as text, kept if this is not the first of its kind.</summary>
    public Known Keep(Key key, InjectionResult.Injected result)
    {
        var known = new Known(result, AdmissionRequest.PatchText(result));
        if (!_recurrence.Seen(key.GetHashCode())) return known;
        if (_known.Count >= Capacity) _known.Clear();
        return _known.GetOrAdd(key, known);
    }

    internal sealed record Known(InjectionResult.Injected Result, string Patch);

    internal sealed class Key(ClusterFacts facts, string path, string requestNamespace, string pod) : IEquatable<Key>
    {
        private readonly ClusterFacts _facts = facts;
        private readonly string _path = path;
        private readonly string _namespace = requestNamespace;
        private readonly string _pod = pod;

        public bool Equals(Key? other) =>
            other is not null && ReferenceEquals(_facts, other._facts) && _path == other._path && _namespace == other._namespace && _pod == other._pod;

        public override bool Equals(object? obj) => Equals(obj as Key);

        public override int GetHashCode() => HashCode.Combine(_path, _namespace, _pod);
    }
}
