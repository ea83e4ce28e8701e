namespace Isthmus.Core.Webhooks;

/// <summary>Where API servers find our functions and what signs their tokens.</summary>
public sealed class WebhookSettings
{
    /// <summary>The address below which <c>/api/clusters/…</c> is served: https, no query.</summary>
    public required Uri BaseUrl { get; init; }

    /// <summary>The CA that signed the functions' certificate, in PEM; null where the system's roots do.</summary>
    public string? CaBundle { get; init; }

    /// <summary>The token keys, the newest first: it signs, all verify.</summary>
    public required IReadOnlyList<byte[]> Keys { get; init; }

    /// <summary>The CAs of the relay's certificate, in PEM, where a cluster's webhooks lead to its relay; null where they lead to us.</summary>
    internal string? RelayBundle { get; private init; }

    /// <summary>The same for webhooks that lead to a relay.</summary>
    internal WebhookSettings ThroughRelay(string bundle) => new() { BaseUrl = BaseUrl, CaBundle = CaBundle, Keys = Keys, RelayBundle = bundle };
}
