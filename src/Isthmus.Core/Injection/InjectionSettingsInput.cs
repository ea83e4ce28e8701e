namespace Isthmus.Core.Injection;

/// <summary>The texts that settings are made of: three ConfigMap keys of a control plane, and what istiod's Deployment says.</summary>
public sealed record InjectionSettingsInput
{
    /// <summary>Key <c>config</c> of ConfigMap istio-sidecar-injector[-REV] (YAML).</summary>
    public required string ConfigYaml { get; init; }

    /// <summary>Key <c>values</c> of the same ConfigMap (JSON).</summary>
    public required string ValuesJson { get; init; }

    /// <summary>Key <c>mesh</c> of ConfigMap istio[-REV] (YAML).</summary>
    public required string MeshYaml { get; init; }

    public required IstioVersion Version { get; init; }

    /// <summary>istiod's revision; empty and <c>default</c> mean the same.</summary>
    public string Revision { get; init; } = "default";

    /// <summary>istiod's environment: ENABLE_NATIVE_SIDECARS, COMPLIANCE_POLICY, PLATFORM and whatever templates read through <c>env</c>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
