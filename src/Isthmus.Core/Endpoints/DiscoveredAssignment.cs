using System.Security.Cryptography;
using System.Text;

namespace Isthmus.Core.Endpoints;

/// <summary>An answer as Envoy's REST discovery sends it. The version is a hash of it, so that every instance gives the same one.</summary>
public sealed class DiscoveredAssignment
{
    private DiscoveredAssignment(ReadOnlyMemory<byte> json) => (Json, Version) = (json, Hash(json.Span));

    public ReadOnlyMemory<byte> Json { get; }

    public string Version { get; }

    public static DiscoveredAssignment Make(EndpointSnapshot snapshot) => new(DiscoveryJson.Assignment(snapshot.Assign(), snapshot.Proxy));

    /// <summary>Nothing to send to, as istiod answers for a service that is not there.</summary>
    public static DiscoveredAssignment Empty(string cluster) => new(DiscoveryJson.Nothing(cluster));

    /// <summary>The version of several answers in one.</summary>
    public static string VersionOf(IReadOnlyList<DiscoveredAssignment> answers) =>
        answers.Count == 1 ? answers[0].Version : Hash(Encoding.UTF8.GetBytes(string.Join(' ', answers.Select(answer => answer.Version))));

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12));
}
