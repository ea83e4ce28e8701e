using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Events;

/// <summary>
/// What Isthmus tells itself through Event Grid: "look again at this". Nothing is done on the strength of the payload beyond
/// knowing where to look, and which write to wait for.
/// </summary>
public abstract record MeshEvent
{
    public const string ServiceChangedType = "dev.isthmus.service.changed";
    public const string ClusterChangedType = "dev.isthmus.cluster.changed";

    private MeshEvent()
    {
    }

    /// <summary>The CloudEvents type.</summary>
    public abstract string Type { get; }

    /// <summary>What the event is about; events of one subject ask for the same work.</summary>
    public abstract string Subject { get; }

    /// <summary>The cluster in which it was seen.</summary>
    public abstract ClusterName Cluster { get; init; }

    public abstract JsonObject ToData();

    /// <summary>The event of a type and its data, or null where they make none of ours.</summary>
    public static MeshEvent? Parse(string type, JsonNode? data)
    {
        if (data is not JsonObject fields || Text(fields, "cluster") is not { } cluster)
            return null;
        return type switch
        {
            ServiceChangedType when Text(fields, "namespace") is { } ns && Text(fields, "name") is { } name && Text(fields, "operation") is { } operation =>
                new ServiceChanged(new ClusterName(cluster), new ServiceName(ns, name), operation, Text(fields, "uid"), Text(fields, "oldResourceVersion"))
                {
                    Kind = Text(fields, "kind") ?? "Service",
                    ObjectName = Text(fields, "object") ?? name,
                },
            ClusterChangedType => new ClusterChanged(new ClusterName(cluster)),
            _ => null,
        };
    }

    private static string? Text(JsonObject fields, string name) => ObjectMetadata.TextOf(fields[name]) is { Length: > 0 } text ? text : null;

    /// <summary>A Service, or something that decides how it is exported, is about to be written.</summary>
    /// <param name="Operation">CREATE, UPDATE or DELETE.</param>
    /// <param name="Uid">The uid of the object that is written; null on CREATE.</param>
    /// <param name="OldResourceVersion">The object's resourceVersion before the write; null on CREATE.</param>
    public sealed record ServiceChanged(ClusterName Cluster, ServiceName Service, string Operation, string? Uid, string? OldResourceVersion) : MeshEvent
    {
        public override string Type => ServiceChangedType;

        /// <summary>The kind of the object that is written: Service, ServiceExport or EndpointSlice.</summary>
        public string Kind { get; init; } = "Service";

        /// <summary>Its name, in the Service's namespace; only an EndpointSlice has another than the Service.</summary>
        public string ObjectName { get; init; } = Service.Name;

        public override string Subject => Service.ToString();

        public override ClusterName Cluster { get; init; } = Cluster;

        public override JsonObject ToData()
        {
            var data = new JsonObject
            {
                ["cluster"] = Cluster.Value,
                ["namespace"] = Service.Namespace,
                ["name"] = Service.Name,
                ["operation"] = Operation,
                ["uid"] = Uid,
                ["oldResourceVersion"] = OldResourceVersion,
            };
            if (Kind != "Service")
                data["kind"] = Kind;
            if (ObjectName != Service.Name)
                data["object"] = ObjectName;
            return data;
        }
    }

    /// <summary>A cluster joined, left, or something changed that concerns all its services, such as its gateway's address.</summary>
    public sealed record ClusterChanged(ClusterName Cluster) : MeshEvent
    {
        public override string Type => ClusterChangedType;

        public override string Subject => $"clusters/{Cluster}";

        public override ClusterName Cluster { get; init; } = Cluster;

        public override JsonObject ToData() => new() { ["cluster"] = Cluster.Value };
    }
}
