using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Isthmus.Core.Endpoints;

/// <summary>Envoy's DiscoveryResponse and ClusterLoadAssignment in Protobuf's own JSON: camel case, and nothing that is a field's default.</summary>
public static class DiscoveryJson
{
    // It stands in no page; so quotes alone are escaped.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static ReadOnlyMemory<byte> Response(string version, IReadOnlyList<DiscoveredAssignment> answers) => Write(256 + answers.Sum(answer => answer.Json.Length + 1), writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("versionInfo"u8, version);
        if (answers.Count > 0)
        {
            writer.WriteStartArray("resources"u8);
            foreach (var answer in answers) writer.WriteRawValue(answer.Json.Span, skipInputValidation: true);
            writer.WriteEndArray();
        }
        writer.WriteString("typeUrl"u8, DiscoveryRequest.TypeUrl);
        writer.WriteString("nonce"u8, version);
        writer.WriteEndObject();
    });

    internal static ReadOnlyMemory<byte> Nothing(string cluster) => Write(256, writer =>
    {
        Begin(writer, cluster);
        writer.WriteEndObject();
    });

    internal static ReadOnlyMemory<byte> Assignment(LoadAssignment assignment, EndpointProxy proxy) =>
        Write(256 + 320 * assignment.Groups.Sum(group => group.Endpoints.Length), writer =>
        {
            Begin(writer, assignment.Cluster.ToString());
            if (!assignment.Groups.IsEmpty)
            {
                writer.WriteStartArray("endpoints"u8);
                foreach (var group in assignment.Groups) Group(writer, group, proxy);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        });

    private static void Begin(Utf8JsonWriter writer, string cluster)
    {
        writer.WriteStartObject();
        writer.WriteString("@type"u8, DiscoveryRequest.TypeUrl);
        writer.WriteString("clusterName"u8, cluster);
    }

    private static void Group(Utf8JsonWriter writer, LocalityGroup group, EndpointProxy proxy)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("locality"u8);
        var place = group.Locality.Split('/', 3);
        Text(writer, "region"u8, place[0]);
        Text(writer, "zone"u8, place.ElementAtOrDefault(1));
        Text(writer, "subZone"u8, place.ElementAtOrDefault(2));
        writer.WriteEndObject();
        if (!group.Endpoints.IsEmpty)
        {
            writer.WriteStartArray("lbEndpoints"u8);
            foreach (var endpoint in group.Endpoints) Endpoint(writer, endpoint, proxy);
            writer.WriteEndArray();
        }
        if (group.HasWeight) writer.WriteNumber("loadBalancingWeight"u8, group.Weight);
        if (group.Priority > 0) writer.WriteNumber("priority"u8, group.Priority);
        writer.WriteEndObject();
    }

    private static void Endpoint(Utf8JsonWriter writer, AssignedEndpoint endpoint, EndpointProxy proxy)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("endpoint"u8);
        writer.WriteStartObject("address"u8);
        writer.WriteStartObject("socketAddress"u8);
        writer.WriteString("address"u8, endpoint.Address);
        writer.WriteNumber("portValue"u8, endpoint.Port);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        // A gateway's is left at Envoy's default, UNKNOWN (rule 9).
        if (AssignmentJson.Health(endpoint) is { } health) writer.WriteString("healthStatus"u8, health);
        writer.WriteStartObject("metadata"u8);
        writer.WriteStartObject("filterMetadata"u8);
        if (endpoint.TakesMtls)
        {
            writer.WriteStartObject("envoy.transport_socket_match"u8);
            writer.WriteString("tlsMode"u8, MeshEndpoint.IstioTls);
            writer.WriteEndObject();
        }
        writer.WriteStartObject("istio"u8);
        writer.WriteString("workload"u8, AssignmentJson.Workload(endpoint, proxy));
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteNumber("loadBalancingWeight"u8, endpoint.Weight);
        writer.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is { Length: > 0 }) writer.WriteString(name, value);
    }

    private static ReadOnlyMemory<byte> Write(int size, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(size);
        using (var writer = new Utf8JsonWriter(buffer, Plain)) write(writer);
        // What is kept for long must not keep the room that was left over.
        return buffer.WrittenSpan.ToArray();
    }
}
