using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Isthmus.Core.Dns;

/// <summary>A ConfigMap that a cluster's CoreDNS reads, and how our records stand in it. Everything else in it is left as it is.</summary>
internal interface IDnsProvider
{
    /// <summary>The ConfigMap's name in kube-system.</summary>
    string ConfigMap { get; }

    /// <summary>Our records that stand in it: host name to address.</summary>
    ImmutableSortedDictionary<string, string> Read(JsonObject configMap);

    /// <summary>Why our records cannot stand in it; null where they can.</summary>
    string? Refusal(JsonObject? configMap, string domain);

    /// <summary>The ConfigMap with exactly these records of ours; with none, nothing of ours stays.</summary>
    JsonObject Write(JsonObject? configMap, string domain, IReadOnlyDictionary<string, string> records);
}
