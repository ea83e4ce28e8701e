using Isthmus.Core.Planning;

namespace Isthmus.Core.Trust;

/// <summary>The annotations of <c>cacerts</c>. None holds anything secret: fingerprints, versions, times and names.</summary>
internal static class TrustAnnotations
{
    public const string Version = Ownership.Prefix + "certificate-version";
    public const string Hash = Ownership.Prefix + "content-hash";
    public const string Epoch = Ownership.Prefix + "trust-rotation";
    public const string Stage = Ownership.Prefix + "trust-stage";
    public const string Abort = Ownership.Prefix + "trust-abort";
    public const string LoadedSince = Ownership.Prefix + "trust-loaded-since";
    public const string Stated = Ownership.Prefix + "trust-stated";
    public const string Without = Ownership.Prefix + "trust-without";
    public const string NextVersion = Ownership.Prefix + "trust-next-version";
    public const string PreviousVersion = Ownership.Prefix + "trust-previous-version";
    public const string OldRoots = Ownership.Prefix + "trust-old-roots";
    public const string NewRoots = Ownership.Prefix + "trust-new-roots";
    public const string EndedAt = Ownership.Prefix + "trust-ended-at";
}
