using Isthmus.Core.Injection;

namespace Isthmus.Core.Trust;

/// <summary>One Deployment of istiod, one for each revision.</summary>
/// <param name="Name">Of the Deployment.</param>
/// <param name="Version">Null where its image and labels name none.</param>
/// <param name="IsMultiRoot">Whether it runs with ISTIO_MULTIROOT_MESH.</param>
public sealed record TrustIstiod(string Name, IstioVersion? Version, bool IsMultiRoot)
{
    /// <summary>
    /// Whether it gives workloads only one of several roots, though it publishes all of them (Istio's issue 55793): a second
    /// root could take the first one's place as soon as certificates are renewed.
    /// </summary>
    public bool GivesOneRoot => Version is { } version && (version.CompareTo(new IstioVersion(1, 24, 4)) == 0 || version.CompareTo(new IstioVersion(1, 25, 1)) == 0);

    /// <summary>Whether istiod takes a variable's value for true: as Go's strconv.ParseBool does.</summary>
    public static bool ReadsAsTrue(string? value) => value is "1" or "t" or "T" or "true" or "TRUE" or "True";

    /// <summary>What <see cref="GivesOneRoot"/> means, to a user.</summary>
    public string OneRoot => $"{Name} is Istio {Version}, which gives workloads only one of several roots (Istio's issue 55793): upgrade it to 1.24.5, 1.25.2 or later";
}
