using System.CommandLine;

namespace Isthmus.Cli.Inject;

/// <summary><c>isthmus inject</c>: what the webhook would do, on files.</summary>
internal static class InjectCommand
{
    public static Command Create()
    {
        var files = new Option<string[]>("--filename", "-f") { Description = "Kubernetes objects (YAML or JSON, several documents); - reads standard input.", AllowMultipleArgumentsPerToken = true };
        var review = new Option<string?>("--review") { Description = "An AdmissionReview to answer as the webhook would; - reads standard input." };
        var path = new Option<string>("--path") { Description = "With --review: the path of the webhook's URL.", DefaultValueFactory = _ => "/inject" };
        var config = new Option<FileInfo?>("--config") { Description = "Key 'config' of ConfigMap istio-sidecar-injector." };
        var values = new Option<FileInfo?>("--values") { Description = "Key 'values' of ConfigMap istio-sidecar-injector." };
        var mesh = new Option<FileInfo?>("--mesh-config") { Description = "Key 'mesh' of ConfigMap istio." };
        var kubeconfig = new Option<FileInfo?>("--kubeconfig") { Description = "Takes the settings from this cluster instead of files." };
        var context = new Option<string?>("--context") { Description = "The context of the kubeconfig, where not its current one." };
        var version = new Option<string?>("--istio-version") { Description = "Istio's version; else istiod's image or values.global.tag tells." };
        var revision = new Option<string?>("--revision") { Description = "The control plane's revision." };
        var env = new Option<string[]>("--env") { Description = "NAME=VALUE of istiod's environment; repeatable." };
        var nodes = new Option<FileInfo?>("--nodes") { Description = "Nodes, for native sidecars: objects, or a list of {name, kubeletVersion}." };
        var namespaces = new Option<FileInfo?>("--namespaces") { Description = "Namespaces, for OpenShift: objects, or a list of {name, annotations}." };
        var proxyConfigs = new Option<FileInfo?>("--proxy-configs") { Description = "ProxyConfig objects that apply." };
        var ns = new Option<string>("--namespace", "-n") { Description = "The namespace of objects that name none.", DefaultValueFactory = _ => "default" };
        var command = new Command("inject", "Prints objects with the sidecar that Istio would inject.")
        {
            files, review, path, config, values, mesh, kubeconfig, context, version, revision, env, nodes, namespaces, proxyConfigs, ns,
        };
        command.SetAction((parsed, cancellationToken) => new InjectRun(Console.In, Console.Out, Console.Error).RunAsync(
            new InjectRequest
            {
                Files = parsed.GetValue(files) ?? [],
                Review = parsed.GetValue(review),
                Path = parsed.GetRequiredValue(path),
                Settings = new InjectSettingsRequest
                {
                    Config = parsed.GetValue(config)?.FullName,
                    Values = parsed.GetValue(values)?.FullName,
                    MeshConfig = parsed.GetValue(mesh)?.FullName,
                    Kubeconfig = parsed.GetValue(kubeconfig)?.FullName,
                    Context = parsed.GetValue(context),
                    IstioVersion = parsed.GetValue(version),
                    Revision = parsed.GetValue(revision),
                    Environment = parsed.GetValue(env) ?? [],
                    Nodes = parsed.GetValue(nodes)?.FullName,
                    Namespaces = parsed.GetValue(namespaces)?.FullName,
                    ProxyConfigs = parsed.GetValue(proxyConfigs)?.FullName,
                },
                Namespace = parsed.GetRequiredValue(ns),
            },
            cancellationToken));
        return command;
    }
}
