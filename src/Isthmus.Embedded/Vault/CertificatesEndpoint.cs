using System.Buffers.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Embedded.Vault;

/// <summary>The part of Key Vault's REST interface that serves certificates, which share name and versions with their secrets.</summary>
internal sealed class CertificatesEndpoint(SecretStore secrets, Uri address, TimeProvider time, Action<string, string> written)
{
    public Task AnswerAsync(HttpContext context, string[] segments) => (context.Request.Method, segments) switch
    {
        ("GET", ["certificates", var name, "versions"]) =>
            VaultAnswers.ListAsync(context, address, [.. secrets.Versions(name).Where(IsCertificate).Select(version => Describe(name, version, whole: false))]),
        ("GET", ["certificates", var name, "policy"]) when Find(name, null) is { } found => VaultAnswers.WriteAsync(context, Policy(name, found)),
        ("GET", ["certificates", var name]) when Find(name, null) is { } found => VaultAnswers.WriteAsync(context, Describe(name, found, whole: true)),
        ("GET", ["certificates", var name, var version]) when Find(name, version) is { } found => VaultAnswers.WriteAsync(context, Describe(name, found, whole: true)),
        ("POST", ["certificates", var name, "import"]) => ImportAsync(context, name),
        ("PATCH", ["certificates", var name, var version]) when Find(name, version) is { } found => UpdateAsync(context, name, found),
        ("DELETE", ["certificates", var name]) when Find(name, null) is not null && secrets.TrySetDeleted(name, time.GetUtcNow()) => WriteDeletedAsync(context, name),
        ("GET", ["deletedcertificates", var name]) when secrets.FindDeleted(name) is { } item && IsCertificate(item.Versions[^1]) => WriteDeletedAsync(context, name),
        (_, [_, var name, ..]) => VaultAnswers.RefuseAsync(
            context, StatusCodes.Status404NotFound, "CertificateNotFound", $"A certificate with (name/id) {name} was not found in this key vault."),
        _ => VaultAnswers.RefuseAsync(context, StatusCodes.Status404NotFound, "NotFound", "This vault does not serve that."),
    };

    private static bool IsCertificate(SecretVersion version) => version.Certificate is not null;

    private SecretVersion? Find(string name, string? version) => secrets.Find(name, version) is { Certificate: not null } found ? found : null;

    private async Task ImportAsync(HttpContext context, string name)
    {
        var body = await VaultAnswers.ReadAsync(context);
        var policy = body?["policy"] as JsonObject;
        var exportable = (policy?["key_props"] as JsonObject)?["exportable"]?.ToString() != "false";
        if (body?["value"]?.ToString() is not { } value || CertificateImport.Read(value, body["pwd"]?.ToString(), exportable) is not { } imported)
        {
            await VaultAnswers.RefuseAsync(
                context,
                StatusCodes.Status400BadRequest,
                "BadParameter",
                "The specified PEM or PKCS#12 X.509 certificate content can not be read: a PEM holds one private key (PKCS#8) and one certificate, chains come as PKCS#12.");
            return;
        }

        var version = new SecretVersion(Guid.NewGuid().ToString("N"), imported.Secret, imported.ContentType, time.GetUtcNow(), imported.Certificate) { IsExportable = exportable };
        VaultAnswers.Update(version, body, time.GetUtcNow());
        if (!secrets.TryAdd(name, version))
        {
            await VaultAnswers.RefuseAsync(
                context, StatusCodes.Status409Conflict, "Conflict", $"Certificate {name} is currently in a deleted but recoverable state.", "ObjectIsDeletedButRecoverable");
            return;
        }

        written(name, version.Version);
        await VaultAnswers.WriteAsync(context, Describe(name, version, whole: true));
    }

    private async Task UpdateAsync(HttpContext context, string name, SecretVersion version)
    {
        if (await VaultAnswers.ReadAsync(context) is { } body)
            VaultAnswers.Update(version, body, time.GetUtcNow());
        await VaultAnswers.WriteAsync(context, Describe(name, version, whole: true));
    }

    private Task WriteDeletedAsync(HttpContext context, string name) => secrets.FindDeleted(name) is { } item
        ? VaultAnswers.WriteAsync(context, VaultAnswers.DescribeDeleted(Describe(item.Name, item.Versions[^1], whole: true), item, address, "certificates"))
        : Task.CompletedTask;

    private JsonObject Describe(string name, SecretVersion version, bool whole)
    {
        var certificate = version.Certificate ?? throw new InvalidOperationException($"{name} is no certificate");
        var attributes = VaultAnswers.Attributes(version);
        attributes["nbf"] = new DateTimeOffset(certificate.NotBefore).ToUnixTimeSeconds();
        attributes["exp"] = new DateTimeOffset(certificate.NotAfter).ToUnixTimeSeconds();
        var described = new JsonObject
        {
            ["id"] = new Uri(address, $"/certificates/{name}/{version.Version}").ToString(),
            ["x5t"] = Base64Url.EncodeToString(certificate.GetCertHash()),
            ["subject"] = certificate.Subject,
            ["attributes"] = attributes,
        };
        if (!whole)
            return described;
        described["kid"] = new Uri(address, $"/keys/{name}/{version.Version}").ToString();
        described["sid"] = new Uri(address, $"/secrets/{name}/{version.Version}").ToString();
        described["cer"] = Convert.ToBase64String(certificate.RawData);
        described["policy"] = Policy(name, version);
        return described;
    }

    private JsonObject Policy(string name, SecretVersion version) => new()
    {
        ["id"] = new Uri(address, $"/certificates/{name}/policy").ToString(),
        ["key_props"] = new JsonObject
        {
            ["exportable"] = version.IsExportable,
            ["kty"] = version.Certificate?.PublicKey.Oid.Value == "1.2.840.113549.1.1.1" ? "RSA" : "EC",
            ["reuse_key"] = false,
        },
        ["secret_props"] = new JsonObject { ["contentType"] = version.ContentType },
        ["x509_props"] = new JsonObject { ["subject"] = version.Certificate?.Subject },
        ["issuer"] = new JsonObject { ["name"] = "Unknown" },
        ["attributes"] = new JsonObject { ["enabled"] = true },
    };
}
