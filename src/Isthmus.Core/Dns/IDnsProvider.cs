using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Dns;

/// <summary>A ConfigMap that a cluster's CoreDNS reads, and how our records stand in it. Everything else in it is left as it is.</summary>
internal interface IDnsProvider
{
    /// <summary>The ConfigMap's name in kube-system.</summary>
    string ConfigMap { get; }

    /// <summary>Whether our part may be a ConfigMap of its own, which we make and take away.</summary>
    bool MayCreate { get; }

    /// <summary>Our records that stand in it: host name to address.</summary>
    ImmutableSortedDictionary<string, string> Read(JsonObject configMap);

    /// <summary>Why the place of our records is not this mesh's to change; null where it is.</summary>
    string? Clash(JsonObject configMap, MeshDocument mesh);

    /// <summary>Why our records would do harm, or no good, in it; null where they can stand there.</summary>
    string? Refusal(JsonObject configMap, MeshDocument mesh);

    /// <summary>What a user should know about the rest of it, where our records stand in it.</summary>
    IEnumerable<string> Notices(JsonObject configMap, MeshDocument mesh);

    /// <summary>Whether anything of ours stands in it, be it without a record.</summary>
    bool Holds(JsonObject configMap);

    /// <summary>The ConfigMap with exactly these records of ours; every other name of the domain is denied.</summary>
    JsonObject Write(JsonObject configMap, MeshDocument mesh, IReadOnlyDictionary<string, string> records);

    /// <summary>The ConfigMap without anything of ours: whoever answered the domain before answers it again.</summary>
    JsonObject Clear(JsonObject configMap);
}
