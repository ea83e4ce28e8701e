namespace Isthmus.Core.Trust;

/// <summary>What whoever runs the clusters has to know of the CA.</summary>
/// <param name="Reason">In one word, as Kubernetes Events have it.</param>
/// <param name="Message">The same at every look, so that it is said once; it holds no key.</param>
/// <param name="Days">Whole days that are left; null where that is not the point.</param>
public sealed record TrustNotice(string Reason, string Message, int? Days = null)
{
    public const string NearExpiry = "CertificateNearExpiry";
    public const string Refused = "CertificateRefused";
    public const string Unreadable = "CertificateUnreadable";
}
