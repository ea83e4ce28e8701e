namespace Isthmus.Cli.Inject;

/// <summary>Where settings and facts come from: three files, or a cluster; whatever else is given beats what those say.</summary>
internal sealed record InjectSettingsRequest
{
    public string? Config { get; init; }
    public string? Values { get; init; }
    public string? MeshConfig { get; init; }
    public string? Kubeconfig { get; init; }
    public string? Context { get; init; }
    public string? IstioVersion { get; init; }
    public string? Revision { get; init; }
    public IReadOnlyList<string> Environment { get; init; } = [];
    public string? Nodes { get; init; }
    public string? Namespaces { get; init; }
    public string? ProxyConfigs { get; init; }
}
