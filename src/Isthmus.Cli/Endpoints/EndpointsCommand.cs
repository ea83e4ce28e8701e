using System.CommandLine;
using Isthmus.Core.Endpoints;

namespace Isthmus.Cli.Endpoints;

/// <summary><c>isthmus endpoints</c>: what a proxy gets for a host, and why; from live clusters or a file.</summary>
internal static class EndpointsCommand
{
    public static Command Create()
    {
        var host = new Argument<string?>("host") { Description = "NAME.NAMESPACE, its full host, or Envoy's outbound|PORT|SUBSET|HOST.", Arity = ArgumentArity.ZeroOrOne };
        var snapshot = new Option<string?>("--snapshot") { Description = "Works offline: a file with the inputs, one JSON object or one a line; - reads standard input." };
        var mesh = new Option<string?>("--mesh") { Description = "The mesh document: a file, or the https address of a blob." };
        var cluster = new Option<string?>("--cluster") { Description = "The cluster that the proxy runs in." };
        var proxy = new Option<string?>("--proxy") { Description = "The proxy's pod, NAMESPACE/POD. Without it the answer is that of a sidecar of which only cluster and network are known." };
        var port = new Option<int?>("--port") { Description = "The number of the Service's port." };
        var subset = new Option<string?>("--subset") { Description = "A subset of the host's DestinationRule." };
        var compat = new Option<string?>("--compat") { Description = "Answer as Istio does, with its known faults: istio (up to 2024), istio-2025 (a proxy without network goes through gateways)." };
        compat.AcceptOnlyFromAmong("istio", "istio-2025");
        var explain = new Option<bool>("--explain") { Description = "Say for each endpoint whether it is direct, behind which gateways or left out, and by which rule." };
        var command = new Command("endpoints", "Shows which endpoints a proxy gets for a host, split horizon applied.") { host, snapshot, mesh, cluster, proxy, port, subset, compat, explain };
        command.Validators.Add(parsed =>
        {
            var live = new[] { (host.Name, parsed.GetValue(host)), ("--mesh", parsed.GetValue(mesh)), ("--cluster", parsed.GetValue(cluster)) };
            var others = live.Append(("--proxy", parsed.GetValue(proxy))).Append(("--port", parsed.GetResult(port)?.Tokens is [var number, ..] ? number.Value : null)).Append(("--subset", parsed.GetValue(subset)));
            if (parsed.GetValue(snapshot) is null && live.Where(option => option.Item2 is null).Select(option => option.Item1).ToList() is { Count: > 0 } missing)
                parsed.AddError($"Missing: {string.Join(", ", missing)}. Give HOST, --mesh and --cluster to ask live clusters, or --snapshot FILE to work offline.");
            if (parsed.GetValue(snapshot) is not null && others.Where(option => option.Item2 is not null).Select(option => option.Item1).ToList() is { Count: > 0 } extra)
                parsed.AddError($"--snapshot holds all inputs; leave out {string.Join(", ", extra)}.");
        });
        command.SetAction((parsed, cancellationToken) =>
        {
            var (output, errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var (compatibility, explains) = (Parse(parsed.GetValue(compat)), parsed.GetValue(explain));
            if (parsed.GetValue(snapshot) is { } file) return new EndpointsRun(Console.In, output, errors).SnapshotAsync(file, compatibility, explains, cancellationToken);
            var request = new LiveRequest
            {
                Mesh = parsed.GetValue(mesh) ?? "",
                Host = parsed.GetValue(host) ?? "",
                Cluster = parsed.GetValue(cluster) ?? "",
                Proxy = parsed.GetValue(proxy),
                Port = parsed.GetValue(port),
                Subset = parsed.GetValue(subset),
                Compatibility = compatibility,
                Explain = explains,
            };
            return new LiveEndpointsRun(output, errors).RunAsync(request, cancellationToken);
        });
        return command;
    }

    private static Compatibility Parse(string? text) => text switch
    {
        "istio" => Compatibility.Istio,
        "istio-2025" => Compatibility.Istio2025,
        _ => Compatibility.None,
    };
}
