using System.Text.Json.Nodes;

namespace Isthmus.Core.Trust;

/// <summary>The CA that an istiod signs with: certificate, key and chain. Not a record: nothing prints a private key by accident.</summary>
internal sealed class SigningCa(string cert, string key, string chain, string? version)
{
    public string Cert { get; } = cert;

    /// <summary>Never log it.</summary>
    public string Key { get; } = key;

    public string Chain { get; } = chain;

    /// <summary>Its version in the vault; null where it did not come from there.</summary>
    public string? Version { get; } = version;

    public static SigningCa Of(CaMaterial material) => new(
        RootBundle.FromText(material.CaCert), RootBundle.FromText(material.CaKey), RootBundle.FromText(material.CertChain), material.SourceVersion);

    /// <summary>Out of a Secret whose keys may have a prefix; null where one is missing.</summary>
    public static SigningCa? Read(JsonObject? secret, string prefix, string? version) =>
        RootBundle.FromSecret(secret, $"{prefix}ca-cert.pem") is { Length: > 0 } cert
        && RootBundle.FromSecret(secret, $"{prefix}ca-key.pem") is { Length: > 0 } key
            ? new SigningCa(cert, key, RootBundle.FromSecret(secret, $"{prefix}cert-chain.pem") ?? "", version)
            : null;

    /// <summary>
    /// The CA that istiod made for itself (<c>istio-ca-secret</c>): a root that signs workloads directly, so it is its own chain.
    /// </summary>
    public static SigningCa? ReadSelfSigned(JsonObject? secret) =>
        Read(secret, "", null) is { } own ? new SigningCa(own.Cert, own.Key, own.Cert, null) : null;

    public void Write(JsonObject data, string prefix)
    {
        data[$"{prefix}ca-cert.pem"] = RootBundle.ToBase64(Cert);
        data[$"{prefix}ca-key.pem"] = RootBundle.ToBase64(Key);
        data[$"{prefix}cert-chain.pem"] = RootBundle.ToBase64(Chain);
    }

    public override string ToString() => $"signing CA, version {Version ?? "unknown"}";
}
