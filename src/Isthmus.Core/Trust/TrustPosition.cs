using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Trust;

/// <summary>What one cluster is for the mesh's trust.</summary>
internal abstract record TrustPosition
{
    private TrustPosition()
    {
    }

    /// <summary>It could not be seen. Nothing that depends on all clusters happens meanwhile.</summary>
    public sealed record Unseen : TrustPosition;

    /// <summary>It takes no part: nobody waits for it.</summary>
    public sealed record Apart(string Reason) : TrustPosition;

    /// <summary>It takes part, but may not be written.</summary>
    public sealed record Blocked(string Reason) : TrustPosition;

    /// <summary>It has no CA that could be used, and by what istiod publishes (if anything) none that anybody would lose.</summary>
    public sealed record Empty(string? PublishedRoot) : TrustPosition;

    /// <summary>It signs with a CA that is known.</summary>
    /// <param name="Held">What it holds; of a Secret that is not ours, or of istiod's own CA, the files alone.</param>
    /// <param name="IsOurs">Whether what is recorded in it counts.</param>
    public sealed record Signing(TrustHolding Held, bool IsOurs) : TrustPosition;

    public static TrustPosition Of(MeshDocument mesh, TrustSettings trust, MeshCluster cluster, TrustSnapshot? seen)
    {
        if (cluster.Leaving)
            return new Apart("stays when the cluster leaves: without it istiod would sign with another root");
        if (seen is null)
            return new Unseen();
        if (!seen.HasIstioNamespace)
            return new Apart("there is no namespace istio-system");
        var published = seen.PublishedRoot is { } text ? RootBundle.FromText(text) : null;
        if (seen.CaSecret is not { } live)
            return WithoutSecret(seen, published);
        if (live.IsTerminating())
            return new Blocked("is being deleted");
        var clash = Ownership.Clash(live, mesh.Name);
        if (clash is not null && !trust.Adopt)
            return new Blocked($"{clash}; set trust.adopt to take it over");
        if (clash is not null && Unkept(live) is { } reason)
            return new Blocked(reason);
        if (TrustHolding.Read(live) is { } held)
            return new Signing(clash is null ? held : held.Unrecorded(), clash is null);
        return new Empty(published);
    }

    /// <summary>What istiod goes by in somebody else's Secret beside the four files, and would lose; null where there is nothing.</summary>
    private static string? Unkept(JsonObject live)
    {
        // istiod asks for tls.crt first, whatever else is there. A Secret of type kubernetes.io/tls cannot do without it either.
        if (Holds(live, "tls.crt"))
            return "holds tls.crt, which istiod reads in place of ca-cert.pem: to have it taken over, replace it by a Secret of type Opaque with the same CA in ca-cert.pem, ca-key.pem, cert-chain.pem and root-cert.pem";
        return Holds(live, "ca-crl.pem") ? "holds revocations (ca-crl.pem), which Isthmus does not keep: take them out to have it taken over" : null;

        static bool Holds(JsonObject secret, string file) => (secret["data"] as JsonObject)?.ContainsKey(file) == true;
    }

    /// <summary>An istiod that runs without <c>cacerts</c> made itself a CA. Its root is what its workloads trust.</summary>
    private static TrustPosition WithoutSecret(TrustSnapshot seen, string? published) =>
        SigningCa.ReadSelfSigned(seen.SelfSigned) is { } own && (published is null || RootBundle.Covers(published, own.Cert))
            ? new Signing(new TrustHolding { Ca = own, Root = published ?? own.Cert }, IsOurs: false)
            : new Empty(published);
}
