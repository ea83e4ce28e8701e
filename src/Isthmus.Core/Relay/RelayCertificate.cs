namespace Isthmus.Core.Relay;

/// <summary>
/// A certificate for the relay, with the authority that made it and whose key was thrown away: it vouches for nothing else.
/// Not a record on purpose: nothing prints or compares a private key by accident.
/// </summary>
public sealed class RelayCertificate(string authority, string certificate, string key)
{
    /// <summary>The authority's certificate, in PEM: what webhooks' <c>caBundle</c> holds.</summary>
    public string Authority { get; } = authority;

    /// <summary>In PEM.</summary>
    public string Certificate { get; } = certificate;

    /// <summary>In PEM. Never log it.</summary>
    public string Key { get; } = key;

    public override string ToString() => "a certificate of the relay";
}
