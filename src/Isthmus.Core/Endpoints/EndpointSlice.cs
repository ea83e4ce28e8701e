using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isthmus.Core.Endpoints;

/// <summary>Of an EndpointSlice, what endpoints depend on.</summary>
public sealed class EndpointSlice : IEquatable<EndpointSlice>
{
    private const string ServiceLabel = "kubernetes.io/service-name";

    private EndpointSlice(JsonElement slice)
    {
        var metadata = slice.Member("metadata");
        (Namespace, Name) = (metadata.Text("namespace"), metadata.Text("name"));
        Service = metadata.Member("labels").Text(ServiceLabel);
        HoldsNames = slice.Text("addressType") == "FQDN";
        Ports = [.. slice.Items("ports").Where(port => port.Text("protocol") is "" or "TCP").Select(port => (port.Text("name"), port.Number("port"))).Where(port => port.Item2 is > 0 and <= 65535)];
        Entries = [.. slice.Items("endpoints").Select(EndpointSliceEntry.Read)];
    }

    public string Namespace { get; }

    public string Name { get; }

    /// <summary>The Service that it belongs to; empty where it says none.</summary>
    public string Service { get; }

    /// <summary>Whether host names stand in it, which are no endpoints for Istio.</summary>
    internal bool HoldsNames { get; }

    internal ImmutableArray<(string Name, int Port)> Ports { get; }

    internal ImmutableArray<EndpointSliceEntry> Entries { get; }

    public static EndpointSlice Read(JsonElement slice) => new(slice);

    public static EndpointSlice Read(JsonObject slice) => new(JsonSerializer.SerializeToElement(slice));

    public bool Equals(EndpointSlice? other) => other is not null && Namespace == other.Namespace && Name == other.Name && Service == other.Service
        && HoldsNames == other.HoldsNames && Ports.AsSpan().SequenceEqual(other.Ports.AsSpan()) && Entries.AsSpan().SequenceEqual(other.Entries.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as EndpointSlice);

    public override int GetHashCode() => HashCode.Combine(Namespace, Name);
}
