using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Isthmus.System.Tests.Secrecy;

/// <summary>Secrets of every kind, planted where a server or a parser would quote them.</summary>
internal sealed class Canaries
{
    private readonly string _key = RSA.Create(2048).ExportPkcs8PrivateKeyPem();
    private readonly string _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportECPrivateKeyPem();
    private readonly string _escaped = RSA.Create(2048).ExportRSAPrivateKeyPem();
    private readonly string _encoded = ECDsa.Create(ECCurve.NamedCurves.nistP384).ExportPkcs8PrivateKeyPem();
    private readonly string _unframed = RSA.Create(2048).ExportPkcs8PrivateKeyPem();

    public string ClusterToken { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    /// <summary>Every kind by name, with the texts that have to be nowhere.</summary>
    public IReadOnlyDictionary<string, string[]> Planted => new Dictionary<string, string[]>
    {
        ["a key in PEM"] = Lines(_key),
        ["a key on an elliptic curve"] = Lines(_ec),
        ["a key in PEM with escaped line ends"] = Lines(_escaped),
        ["a key in PEM in base64"] = [Encoded[40..70]],
        ["one line of a key"] = [Line],
        ["the token of a kubeconfig"] = [ClusterToken],
        ["a webhook's token"] = [WebhookToken],
        ["a JWT"] = [Signature],
        ["a password"] = [Password],
        ["a function key"] = [FunctionKey],
    };

    /// <summary>What a server might say that has to tell of all of them, in pieces that a message has room for.</summary>
    public IReadOnlyList<string> Messages =>
    [
        $"cannot read {_key[..400]}",
        $"Secret \"cacerts\" is invalid: data: Invalid value: \"{_ec}\"",
        $"admission webhook \"x\" denied the request: {JsonSerializer.Serialize(_escaped[..400])}",
        $"json: cannot unmarshal \"ca-key.pem\": \"{Encoded[..300]}\"",
        $"illegal base64 data at line 2: {Line}",
        $"Unauthorized: Authorization: Bearer {ClusterToken}",
        $"failed calling webhook \"changes.isthmus.dev\": Post \"https://f.test/api/clusters/west/{WebhookToken}/changes?timeout=1s\": EOF",
        $"token eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.eyJpc3MiOiJrdWJlcm5ldGVzIn0.{Signature} has expired",
        $"proxy https://mesh:{Password}@proxy.test:3128 refused, password: {Password}",
        $"x-functions-key: {FunctionKey}, https://f.test/api/status?code={FunctionKey}",
    ];

    private string Encoded => Convert.ToBase64String(Encoding.ASCII.GetBytes(_encoded));

    private string Line => _unframed.Split('\n')[3];

    private string WebhookToken { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private string Signature { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private string Password { get; } = $"pass-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";

    private string FunctionKey { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(33)).Replace('+', 'a').Replace('/', 'b');

    private static string[] Lines(string pem) => [.. pem.Split('\n')[1..^1].Where(line => line.Length > 20).Take(3)];
}
