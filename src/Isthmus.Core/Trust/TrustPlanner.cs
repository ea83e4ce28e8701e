using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Trust;

/// <summary>What was seen of one cluster's trust.</summary>
/// <param name="HasIstioNamespace">Whether istio-system is there and stays.</param>
/// <param name="CaSecret">The Secret <c>cacerts</c>; null where there is none.</param>
public sealed record TrustSnapshot(bool HasIstioNamespace, JsonObject? CaSecret);

/// <summary>
/// Puts the mesh's intermediate CA into the Secret that istiod reads. A renewed intermediate under the same root replaces the old
/// one; another root is refused, because workloads that trust only the old one would lose all others at once.
/// </summary>
public static class TrustPlanner
{
    public const string VersionAnnotation = "isthmus.dev/certificate-version";
    public const string HashAnnotation = "isthmus.dev/content-hash";
    private const string RootKey = "root-cert.pem";

    public static ObjectId CaSecret(ClusterName cluster) => new(cluster, ResourceKind.Secret, SystemNamespaces.Istio, "cacerts");

    /// <summary>The step for one cluster with an istiod of its own.</summary>
    public static PlannedAction Plan(MeshDocument mesh, TrustSettings trust, MeshCluster cluster, TrustSnapshot seen, CaMaterial material)
    {
        var id = CaSecret(cluster.Name);
        if (cluster.Leaving)
            return new PlannedAction.Skipped(id, "stays when the cluster leaves: without it istiod would sign with another root");
        if (!seen.HasIstioNamespace)
            return new PlannedAction.Skipped(id, "there is no namespace istio-system");
        var desired = new DesiredObject(id, Secret(id, mesh.Name, material));
        if (seen.CaSecret is not { } live)
            return new PlannedAction.Create(id, desired.Content);
        if (Ownership.Clash(live, mesh.Name) is { } clash && !trust.Adopt)
            return new PlannedAction.Skipped(id, $"{clash}; set trust.adopt to take it over");
        if (OtherRoot(live, material))
        {
            return new PlannedAction.Skipped(
                id, "the new CA has another root than the cluster trusts; changing the root needs a staged rotation, which is not supported yet");
        }

        return PlanDiff.Compute([desired], [new ObservedObject(id, live)]).Actions[0];
    }

    private static bool OtherRoot(JsonObject live, CaMaterial material)
    {
        var text = ObjectMetadata.TextOf((live["data"] as JsonObject)?[RootKey]);
        var buffer = new byte[text?.Length ?? 0];
        if (text is null || !Convert.TryFromBase64String(text, buffer, out var length))
            return false;
        var trusted = PemCertificates.Thumbprints(Encoding.UTF8.GetString(buffer, 0, length));
        return !trusted.IsEmpty && !trusted.SetEquals(PemCertificates.Thumbprints(material.RootCert));
    }

    private static JsonObject Secret(ObjectId id, string mesh, CaMaterial material)
    {
        // Only the public parts are hashed: the key belongs to the certificate anyway.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', material.CaCert, material.RootCert, material.CertChain)));
        var secret = Ownership.NewObject(id, mesh, annotations: new JsonObject
        {
            [VersionAnnotation] = material.SourceVersion,
            [HashAnnotation] = Convert.ToHexStringLower(hash),
        });
        secret["type"] = "Opaque";
        secret["data"] = new JsonObject
        {
            ["ca-cert.pem"] = Encode(material.CaCert),
            ["ca-key.pem"] = Encode(material.CaKey),
            [RootKey] = Encode(material.RootCert),
            ["cert-chain.pem"] = Encode(material.CertChain),
        };
        return secret;
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
