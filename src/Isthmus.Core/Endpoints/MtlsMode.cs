namespace Isthmus.Core.Endpoints;

/// <summary>The mode of a PeerAuthentication.</summary>
internal enum MtlsMode
{
    Unset,
    Disable,
    Permissive,
    Strict,
}
