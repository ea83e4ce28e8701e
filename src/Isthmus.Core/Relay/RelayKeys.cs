using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Relay;

/// <summary>
/// The Secret of the relay's certificate. Renewal has two steps, so that no API server ever meets a certificate that it does not trust:
/// first the next authority goes into the webhooks' bundle beside the present one, a good while later the next certificate is served.
/// </summary>
internal sealed class RelayKeys
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(730);

    /// <summary>How long before a certificate's end the next is made, and its authority trusted: proxies learn of authorities only when they start.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(365);

    /// <summary>How long before a certificate's end the next is served.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromDays(30);

    private const string CertificateKey = "tls.crt", KeyKey = "tls.key", AuthorityKey = "ca.crt";
    private const string NextCertificateKey = "next.crt", NextKeyKey = "next.key", NextAuthorityKey = "next-ca.crt", FormerAuthorityKey = "former-ca.crt";

    private readonly RelayCertificate _present;
    private readonly RelayCertificate? _next;
    private readonly string? _former;

    private RelayKeys(RelayCertificate present, RelayCertificate? next, string? former) => (_present, _next, _former) = (present, next, former);

    /// <summary>The authorities that webhooks have to trust. The former one goes on until pods have the new certificate from their volume, and longer.</summary>
    public string Bundle => string.Concat(new[] { _present.Authority, _next?.Authority, _former }.OfType<string>().Distinct(StringComparer.Ordinal));

    /// <summary>What is to be: null where a certificate has to be made first.</summary>
    /// <param name="live">The Secret.</param>
    /// <param name="fresh">A certificate that was made for it.</param>
    /// <param name="bundles">The bundles of our webhooks, in base64.</param>
    /// <param name="now">The time.</param>
    public static RelayKeys? Plan(JsonObject? live, RelayCertificate? fresh, IReadOnlyCollection<string> bundles, DateTimeOffset now)
    {
        if (Read(live) is not { } keys || keys.Until <= now)
            return fresh is null ? null : new RelayKeys(fresh, null, null);
        if (keys._next is { } next)
            return keys.Until - Turn <= now && bundles.Count > 0 && bundles.All(bundle => Decoded(bundle).Contains(next.Authority.Trim(), StringComparison.Ordinal)) ? new RelayKeys(next, null, keys._present.Authority) : keys;
        return keys.Until - Ahead > now ? keys : fresh is null ? null : new RelayKeys(keys._present, fresh, keys._former);
    }

    public JsonObject Write(ObjectId id, string mesh)
    {
        var secret = Ownership.NewObject(id, mesh);
        secret["type"] = "kubernetes.io/tls";
        var data = new JsonObject
        {
            [CertificateKey] = Encoded(_present.Certificate),
            [KeyKey] = Encoded(_present.Key),
            [AuthorityKey] = Encoded(_present.Authority),
        };
        if (_next is not null)
        {
            data[NextCertificateKey] = Encoded(_next.Certificate);
            data[NextKeyKey] = Encoded(_next.Key);
            data[NextAuthorityKey] = Encoded(_next.Authority);
        }

        if (_former is not null)
            data[FormerAuthorityKey] = Encoded(_former);
        secret["data"] = data;
        return secret;
    }

    /// <summary>The bundles in the configurations of webhooks that lead to the relay.</summary>
    public static IReadOnlyList<string> Bundles(IEnumerable<JsonObject> configurations) =>
    [
        .. configurations.SelectMany(configuration => (configuration["webhooks"] as JsonArray ?? []).OfType<JsonObject>())
            .Where(webhook => ObjectMetadata.TextOf(webhook["clientConfig"]?["service"]?["name"]) == RelayNames.Relay)
            .Select(webhook => ObjectMetadata.TextOf(webhook["clientConfig"]?["caBundle"]) ?? "")
    ];

    private DateTimeOffset Until { get; init; }

    private static RelayKeys? Read(JsonObject? live)
    {
        var data = ObjectMetadata.Strings(live?["data"] as JsonObject).ToImmutableDictionary(entry => entry.Key, entry => Decoded(entry.Value));
        if (Certificate(data, AuthorityKey, CertificateKey, KeyKey) is not { } present || End(present.Certificate) is not { } until)
            return null;
        var next = Certificate(data, NextAuthorityKey, NextCertificateKey, NextKeyKey);
        return new RelayKeys(present, next is { } made && End(made.Certificate) is not null ? next : null, data.GetValueOrDefault(FormerAuthorityKey)) { Until = until };
    }

    private static RelayCertificate? Certificate(ImmutableDictionary<string, string> data, string authority, string certificate, string key) =>
        data.TryGetValue(authority, out var ca) && data.TryGetValue(certificate, out var own) && data.TryGetValue(key, out var secret) ? new RelayCertificate(ca, own, secret) : null;

    private static DateTimeOffset? End(string pem)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            return new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Decoded(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
    }
}
