using Isthmus.Core.Injection;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Injection;
using Isthmus.Runtime.Kubernetes;
using k8s.Exceptions;

namespace Isthmus.Cli.Inject;

/// <summary>Settings and facts, read from files or from a cluster.</summary>
internal static class InjectSettings
{
    /// <summary>Taken where nothing names a version: the newest whose behaviour we know.</summary>
    private static readonly IstioVersion Newest = new(1, 31, 0);

    /// <exception cref="InjectInputException">With every reason why they cannot be had.</exception>
    public static async Task<(InjectionSettings Settings, ClusterFacts Facts)> ReadAsync(InjectSettingsRequest request, TextWriter notes, CancellationToken cancellationToken)
    {
        LoadedInjection? cluster = request.Kubeconfig is null ? null : await FromClusterAsync(request, request.Kubeconfig, cancellationToken);
        InjectionSettingsInput input = Overridden(cluster?.Input ?? await FromFilesAsync(request, notes, cancellationToken), request);
        InjectionSettingsResult result = InjectionSettings.Load(input);
        InjectionSettings settings = result.Settings ?? throw new InjectInputException(string.Join(Environment.NewLine, result.Errors));
        ClusterFacts facts = cluster?.Facts ?? ClusterFacts.None;
        if (request.Nodes is { } nodes)
            facts = facts with { KubeletVersions = InjectFactFiles.KubeletVersions(await InjectFactFiles.ReadAsync(nodes, cancellationToken)) };
        if (request.Namespaces is { } namespaces)
            facts = facts with { NamespaceAnnotations = InjectFactFiles.NamespaceAnnotations(await InjectFactFiles.ReadAsync(namespaces, cancellationToken)) };
        if (request.ProxyConfigs is { } proxyConfigs)
            facts = facts with { ProxyConfigs = await InjectFactFiles.ReadAsync(proxyConfigs, cancellationToken) };
        return (settings, facts);
    }

    private static async Task<LoadedInjection> FromClusterAsync(InjectSettingsRequest request, string kubeconfig, CancellationToken cancellationToken)
    {
        if (request.Config is not null || request.Values is not null || request.MeshConfig is not null)
            throw new InjectInputException("--kubeconfig takes the settings from a cluster; --config, --values and --mesh-config do not go with it");
        try
        {
            var configuration = KubeconfigFile.Read(kubeconfig, request.Context);
            using var api = new ClusterApi(new ClusterName(configuration.CurrentContext ?? "cluster"), configuration, new ClusterApiOptions(), TimeProvider.System);
            return await new IstioSettingsReader(api, api).LoadAsync(request.Revision ?? InjectionPolicy.DefaultRevision, null, cancellationToken);
        }
        catch (Exception fault) when (fault is InjectionUnavailableException or ClusterUnreachableException or ClusterApiException or KubeConfigException)
        {
            throw new InjectInputException(fault.Message, fault);
        }
    }

    private static async Task<InjectionSettingsInput> FromFilesAsync(InjectSettingsRequest request, TextWriter notes, CancellationToken cancellationToken)
    {
        if (request is not { Config: { } config, Values: { } values, MeshConfig: { } mesh })
            throw new InjectInputException("give either --kubeconfig, or all of --config, --values and --mesh-config");
        string valuesJson = await InjectFactFiles.TextAsync(values, cancellationToken);
        IstioVersion? named = IstioVersionOfValues.Find(valuesJson);
        if (named is null && request.IstioVersion is null)
            await notes.WriteLineAsync($"note: values.global.tag names no version, so that Istio {Newest} is taken; --istio-version sets it");
        return new InjectionSettingsInput
        {
            ConfigYaml = await InjectFactFiles.TextAsync(config, cancellationToken),
            ValuesJson = valuesJson,
            MeshYaml = await InjectFactFiles.TextAsync(mesh, cancellationToken),
            Version = named ?? Newest,
            Revision = request.Revision ?? InjectionPolicy.DefaultRevision,
        };
    }

    private static InjectionSettingsInput Overridden(InjectionSettingsInput input, InjectSettingsRequest request)
    {
        var environment = new Dictionary<string, string>(input.Environment, StringComparer.Ordinal);
        foreach (string variable in request.Environment)
        {
            int equals = variable.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new InjectInputException($"--env {variable}: has to be NAME=VALUE");
            environment[variable[..equals]] = variable[(equals + 1)..];
        }
        IstioVersion version = input.Version;
        if (request.IstioVersion is { } text && !IstioVersion.TryParse(text, out version))
            throw new InjectInputException($"--istio-version {text}: has to be a version such as 1.27.9");
        return input with { Environment = environment, Version = version };
    }
}
