using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Isthmus.Core.Injection.Mesh;

/// <summary>What istiod checks of mesh and proxy configuration, in its words. All errors of one document are reported together.</summary>
internal static partial class MeshConfigRules
{
    public static string? MeshError(ProtoMessage mesh)
    {
        List<string> errors = [];
        AddPort(errors, "invalid proxy listen port:", mesh.Integer("proxyListenPort"));
        AddPort(errors, "invalid proxy inbound listen port:", mesh.Integer("proxyInboundListenPort"));
        if (mesh.Message("defaultConfig") is not ProtoMessage proxy)
            errors.Add("missing default config");
        else if (ProxyError(proxy) is string error)
            errors.Add(error);
        return Join(errors);
    }

    public static string? ProxyError(ProtoMessage proxy)
    {
        List<string> errors = [];
        if (proxy.Text("configPath").Length == 0)
            errors.Add("config path must be set");
        if (proxy.Text("binaryPath").Length == 0)
            errors.Add("binary path must be set");
        AddClusterName(errors, proxy);
        AddDuration(errors, "invalid drain duration:", proxy[proxy.Type["drainDuration"]] as ProtoDuration);
        AddAddress(errors, "invalid discovery address:", proxy.Text("discoveryAddress"));
        AddAddress(errors, $"invalid statsd udp address \"{proxy.Text("statsdUdpAddress")}\":", proxy.Text("statsdUdpAddress"));
        foreach (string service in new[] { "envoyMetricsService", "envoyAccessLogService" })
        {
            string address = proxy.Child(service).Text("address");
            AddAddress(errors, $"invalid {(service == "envoyMetricsService" ? "envoy metrics service" : "envoy access log service")} address \"{address}\":", address);
        }
        if (proxy.EnumName("controlPlaneAuthPolicy") is not ("NONE" or "MUTUAL_TLS") and var policy)
            errors.Add($"unrecognized control plane auth policy \"{policy}\"");
        AddPort(errors, "invalid proxy admin port:", proxy.Integer("proxyAdminPort"));
        AddPort(errors, "invalid status port:", proxy.Integer("statusPort"));
        AddTracing(errors, proxy);
        AddKeyProvider(errors, proxy);
        return Join(errors);
    }

    private static void AddClusterName(List<string> errors, ProtoMessage proxy)
    {
        if (proxy[proxy.Type["serviceCluster"]] is string { Length: 0 })
            errors.Add("service cluster must be specified");
        else if (proxy[proxy.Type["serviceCluster"]] is null && proxy[proxy.Type["tracingServiceName"]] is null)
            errors.Add("oneof service cluster or tracing service name must be specified");
    }

    private static void AddTracing(List<string> errors, ProtoMessage proxy)
    {
        ProtoMessage tracing = proxy.Child("tracing");
        if (tracing.Message("zipkin") is ProtoMessage zipkin)
            AddRequiredAddress(errors, "invalid zipkin address:", zipkin.Text("address"));
        if (tracing.Message("datadog") is ProtoMessage datadog)
            AddRequiredAddress(errors, "invalid datadog address:", datadog.Text("address"));
        if (tracing.Message("lightstep") is ProtoMessage lightstep)
        {
            AddRequiredAddress(errors, "invalid lightstep address:", lightstep.Text("address"));
            if (lightstep.Text("accessToken").Length == 0)
                errors.Add("access token is required");
        }
        if (tracing[tracing.Type["sampling"]] is double sampling and not (>= 0 and <= 100))
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"invalid sampling: {sampling}"));
        if (tracing[tracing.Type["customTags"]] is not IReadOnlyDictionary<string, object?> tags)
            return;
        foreach ((string name, object? tag) in tags)
        {
            string? error = tag is not ProtoMessage message ? null
                : message.Message("literal") is { } literal && literal.Text("value").Length == 0 ? "literal tag value is required"
                : message.Message("environment") is { } environment && environment.Text("name").Length == 0 ? "environment tag name is required"
                : message.Message("header") is { } header && header.Text("name").Length == 0 ? "header tag name is required"
                : null;
            if (error is not null)
                errors.Add($"{name}: {error}");
        }
    }

    private static void AddKeyProvider(List<string> errors, ProtoMessage proxy)
    {
        foreach (string kind in new[] { "cryptomb", "qat" })
        {
            ProtoMessage provider = proxy.Child("privateKeyProvider");
            if (provider.Message(kind) is not ProtoMessage settings)
                continue;
            if (settings[settings.Type["pollDelay"]] is not ProtoDuration delay)
                errors.Add("pollDelay is required");
            else if (delay.TotalNanos.IsZero)
                errors.Add("pollDelay must be non zero");
        }
    }

    private static void AddDuration(List<string> errors, string prefix, ProtoDuration? duration)
    {
        if (duration is null)
            return;
        BigInteger nanos = duration.TotalNanos;
        if (nanos < 1_000_000)
            errors.Add($"{prefix} duration must be greater than 1ms");
        else if (!(nanos % 1_000_000).IsZero)
            errors.Add($"{prefix} only durations to ms precision are supported");
    }

    private static void AddAddress(List<string> errors, string prefix, string address)
    {
        if (address.Length > 0)
            AddRequiredAddress(errors, prefix, address);
    }

    /// <summary>host:port, the host a name or an IP address.</summary>
    private static void AddRequiredAddress(List<string> errors, string prefix, string address)
    {
        // A variable is filled in by the agent.
        if (address.StartsWith("$(", StringComparison.Ordinal))
            return;
        int colon = address.LastIndexOf(':');
        string host = colon < 0 ? "" : address[..colon];
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (colon < 0 || (!bracketed && host.Contains(':', StringComparison.Ordinal)))
            errors.Add($"{prefix} unable to split \"{address}\": address {address}: {(colon < 0 ? "missing port in address" : "too many colons in address")}");
        else if (!long.TryParse(address.AsSpan(colon + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long port))
            errors.Add($"{prefix} port ({address[(colon + 1)..]}) is not a number: strconv.Atoi: parsing \"{address[(colon + 1)..]}\": invalid syntax");
        else if (port is < 1 or > 65535)
            errors.Add($"{prefix} port number {port} must be in the range 1..65535");
        else if (!bracketed && !Host().IsMatch(host))
            errors.Add($"{prefix} \"{host}\" is not a valid hostname or an IP address");
    }

    private static void AddPort(List<string> errors, string prefix, long port)
    {
        if (port is < 1 or > 65535)
            errors.Add($"{prefix} port number {port} must be in the range 1..65535");
    }

    private static string? Join(List<string> errors) => errors.Count switch
    {
        0 => null,
        1 => errors[0],
        _ => $"{errors.Count} errors occurred:\n\t* {string.Join("\n\t* ", errors)}\n\n",
    };

    [GeneratedRegex(@"^[A-Za-z0-9_](?:[-A-Za-z0-9_]{0,61}[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[-A-Za-z0-9_]{0,61}[A-Za-z0-9_])?)*\.?\z")]
    private static partial Regex Host();
}
