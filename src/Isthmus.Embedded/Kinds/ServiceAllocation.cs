using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

/// <summary>Cluster IPs, families and node ports of a Service: kept from the old object, released by a change of type, or allocated.</summary>
internal static class ServiceAllocation
{
    private static readonly string[] AddressFields = ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"];

    public static void Allocate(JsonObject obj, JsonObject? old, ResourceDefinition resource, KindServices services)
    {
        if (obj.Object("spec") is not { } spec)
            return;
        var oldSpec = old?.Object("spec");
        if (oldSpec is not null)
        {
            KeepAllocated(spec, oldSpec);
            DropForeign(spec, oldSpec);
        }

        if (spec.Text("type") is "ClusterIP" or "NodePort" or "LoadBalancer")
            Addresses(obj, spec, oldSpec, resource, services);
        if (spec.Text("type") == "NodePort" || (spec.Text("type") == "LoadBalancer" && spec.Flag("allocateLoadBalancerNodePorts")))
            NodePorts(obj, spec, oldSpec, resource, services);
    }

    /// <summary>An update that leaves out what was allocated keeps it.</summary>
    private static void KeepAllocated(JsonObject spec, JsonObject old)
    {
        var needsIp = spec.Text("type") != "ExternalName" && old.Text("type") != "ExternalName";
        if (needsIp && spec.Text("clusterIP").Length == 0 && !spec.Items("clusterIPs").Any())
        {
            spec.CopyFrom(old, "clusterIP");
            spec.CopyFrom(old, "clusterIPs");
        }
        else if (spec.Text("clusterIP").Length == 0 && spec.Texts("clusterIPs").FirstOrDefault() is { } first)
            spec["clusterIP"] = first;
        else if (needsIp && !spec.Items("clusterIPs").Any() && spec.Text("clusterIP") == old.Text("clusterIP"))
            spec.CopyFrom(old, "clusterIPs");
        if (needsIp && !spec.Items("ipFamilies").Any() && spec.Text("clusterIP") == old.Text("clusterIP"))
            spec.CopyFrom(old, "ipFamilies");
        if (needsIp && !spec.Has("ipFamilyPolicy"))
            spec.CopyFrom(old, "ipFamilyPolicy");
        if (!HasNodePorts(spec) || !HasNodePorts(old))
            return;
        var taken = spec.Objects("ports").Select(port => port.Number("nodePort") ?? 0).ToHashSet();
        foreach (var port in spec.Objects("ports").Where(port => port.Number("nodePort") is null or 0))
        {
            var same = old.Objects("ports").FirstOrDefault(other => other.Number("port") == port.Number("port") && other.Text("protocol") == port.Text("protocol"));
            if (same.Number("nodePort") is { } number and not 0 && taken.Add(number))
                port["nodePort"] = number;
        }
    }

    /// <summary>What the new type does not know goes, unless the client changed it in the same request (then validation complains).</summary>
    private static void DropForeign(JsonObject spec, JsonObject old)
    {
        if (spec.Text("type") == "ExternalName" && old.Text("type") != "ExternalName" && spec.Text("clusterIP") == old.Text("clusterIP"))
        {
            foreach (var field in AddressFields)
                spec.Remove(field);
            spec.Remove("internalTrafficPolicy");
        }

        if (HasNodePorts(old) && !HasNodePorts(spec))
        {
            foreach (var port in spec.Objects("ports"))
                if (old.Objects("ports").Any(other => other.Number("nodePort") == port.Number("nodePort")))
                    port.Remove("nodePort");
            spec.Remove("externalTrafficPolicy");
            spec.Remove("healthCheckNodePort");
        }

        if (old.Text("type") == "LoadBalancer" && spec.Text("type") != "LoadBalancer")
        {
            spec.Remove("allocateLoadBalancerNodePorts");
            spec.Remove("loadBalancerClass");
        }
    }

    private static void Addresses(JsonObject obj, JsonObject spec, JsonObject? old, ResourceDefinition resource, KindServices services)
    {
        if (spec.Text("clusterIP").Length == 0 && spec.Texts("clusterIPs").FirstOrDefault() is { } listed)
            spec["clusterIP"] = listed;
        var ip = spec.Text("clusterIP");
        var headless = ip == "None";
        if (ip.Length == 0)
            spec["clusterIP"] = ip = services.NextClusterIp();
        else if (!headless && ip != old.Text("clusterIP") && IPAddress.TryParse(ip, out var address) && old.Text("clusterIP").Length == 0 && Refusal(address, ip, services) is { } refusal)
            throw FieldErrors.Exception(resource, obj.Text("metadata", "name"),
                [FieldErrors.InvalidRaw("spec.clusterIPs", $"[]string{{{GoValue.Quote(ip)}}}", $"failed to allocate IP {ip}: {refusal}")]);
        if (!spec.Items("clusterIPs").Any())
            spec["clusterIPs"] = new JsonArray(ip);

        // A headless service without selector may be filled with endpoints of both families by hand.
        var dual = headless && spec.Object("selector") is not { Count: > 0 };
        if (!spec.Has("ipFamilyPolicy"))
            spec["ipFamilyPolicy"] = dual && !spec.Items("ipFamilies").Any() ? "RequireDualStack" : "SingleStack";
        if (!spec.Items("ipFamilies").Any())
            spec["ipFamilies"] = spec.Text("ipFamilyPolicy") == "SingleStack" || !dual ? new JsonArray("IPv4") : new JsonArray("IPv4", "IPv6");
    }

    private static string? Refusal(IPAddress address, string ip, KindServices services)
    {
        if (!IPNetwork.Parse(services.ServiceRange).Contains(address))
            return $"the provided IP ({ip}) is not in the valid range. The range of valid IPs is {services.ServiceRange}";
        return services.ClaimClusterIp(ip) ? null : "provided IP is already allocated";
    }

    private static void NodePorts(JsonObject obj, JsonObject spec, JsonObject? old, ResourceDefinition resource, KindServices services)
    {
        var kept = old.Objects("ports").Select(port => port.Number("nodePort") ?? 0).ToHashSet();
        var byNumber = new Dictionary<(long Port, string Protocol), long>();
        foreach (var (port, i) in spec.Objects("ports").Select((port, i) => (port, i)))
        {
            var number = port.Number("nodePort") ?? 0;
            if (number == 0)
                // Two protocols on one port share the node port.
                port["nodePort"] = number = byNumber.FirstOrDefault(entry => entry.Key.Port == port.Number("port") && entry.Key.Protocol != port.Text("protocol")).Value is > 0 and var shared
                    ? shared
                    : services.NextNodePort();
            else if (!kept.Contains(number) && Refusal(number, services) is { } refusal)
                throw FieldErrors.Exception(resource, obj.Text("metadata", "name"), [FieldErrors.Invalid($"spec.ports[{i}].nodePort", number, refusal)]);
            byNumber[(port.Number("port") ?? 0, port.Text("protocol"))] = number;
        }
    }

    private static string? Refusal(long number, KindServices services)
    {
        if (number is < 30000 or > 32767)
            return "provided port is not in the valid range. The range of valid ports is 30000-32767";
        return services.ClaimNodePort((int)number) ? null : "provided port is already allocated";
    }

    private static bool HasNodePorts(JsonObject spec) => spec.Text("type") is "NodePort" or "LoadBalancer";
}
