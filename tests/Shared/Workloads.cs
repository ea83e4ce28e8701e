using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Isthmus.Tests;

/// <summary>Workloads that meet: each side builds and validates the other's chain with the roots that it holds.</summary>
internal static class Workloads
{
    private static readonly ConcurrentDictionary<(string CaCert, string CaKey), X509Certificate2> Leaves = new();
    private static readonly ConcurrentDictionary<(Issue Shown, string Roots), bool> Verdicts = new();

    public static bool Accept(Issue one, Issue other, DateTimeOffset now) => Accepts(one, other, now) && Accepts(other, one, now);

    public static bool Accepts(Issue holder, Issue shown, DateTimeOffset now) => Verdicts.GetOrAdd((shown, holder.Root), key =>
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(key.Roots);
        chain.ChainPolicy.ExtraStore.ImportFromPem(key.Shown.Chain);
        return chain.Build(Leaf(key.Shown));
    });

    /// <summary>A workload's certificate, signed by the CA of its istiod and valid as long as that.</summary>
    public static X509Certificate2 Leaf(Issue issue) => Leaves.GetOrAdd((issue.CaCert, issue.CaKey), key =>
    {
        using var issuer = X509Certificate2.CreateFromPem(key.CaCert, key.CaKey);
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=workload", own, HashAlgorithmName.SHA256);
        using var leaf = request.Create(issuer, issuer.NotBefore, issuer.NotAfter, RandomNumberGenerator.GetBytes(8));
        return leaf.CopyWithPrivateKey(own);
    });
}
