using System.Diagnostics.Metrics;
using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.Logging;

/// <summary>How the mesh is, in the meter of <see cref="IsthmusTelemetry"/>: what alerts and the workbook of infra/ go by.</summary>
internal static class MeshMetrics
{
    private static readonly Meter Meter = new(IsthmusTelemetry.Name);

    private static readonly Gauge<int> GatewayDown = Meter.CreateGauge<int>(
        "isthmus.gateway.down", "{address}", "Addresses of a cluster's gateway that answered once and do not any more.");

    private static readonly Gauge<double> CaRemaining = Meter.CreateGauge<double>(
        "isthmus.ca.remaining", "s", "Until the first certificate of one of the CA's files ends; below zero, since when it has ended.");

    private static readonly Counter<long> EventsLost = Meter.CreateCounter<long>(
        "isthmus.events.lost", "{event}", "Changes that the topic did not take: a full run finds them.");

    public static void Gateway(ClusterName cluster, int addressesDown) => GatewayDown.Record(addressesDown, Tag("cluster", cluster.Value));

    public static void Ca(string file, TimeSpan remaining) => CaRemaining.Record(remaining.TotalSeconds, Tag("certificate", file));

    public static void EventLost(ClusterName cluster) => EventsLost.Add(1, Tag("cluster", cluster.Value));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
