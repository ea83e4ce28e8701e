using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Isthmus.Cli.Hosting;

/// <summary>The host's keys, as the Functions host has them: one for functions, one master key, one for the Event Grid endpoint.</summary>
internal sealed record FunctionKeys(string Function, string Master, string EventGrid)
{
    /// <summary>Keys for one run of this process.</summary>
    public static FunctionKeys Generate() => new(NewKey(), NewKey(), NewKey());

    public bool Admits(AuthorizationLevel level, HttpRequest request) => level switch
    {
        AuthorizationLevel.Anonymous => true,
        AuthorizationLevel.Function => Matches(Shown(request, "x-functions-key"), Function, Master),
        _ => Matches(Shown(request, "x-functions-key"), Master),
    };

    /// <summary>Event Grid shows the key in its own header, a replay in that of the Functions host.</summary>
    public bool AdmitsEvents(HttpRequest request) =>
        Matches(Shown(request, request.Headers.ContainsKey("x-functions-key") ? "x-functions-key" : "aeg-sas-key"), EventGrid, Master);

    /// <summary>Says nothing of the keys: records end up in logs.</summary>
    public override string ToString() => nameof(FunctionKeys);

    private static string Shown(HttpRequest request, string header)
    {
        var inHeader = request.Headers[header].ToString();
        return inHeader.Length > 0 ? inHeader : request.Query["code"].ToString();
    }

    private static bool Matches(string shown, params string[] keys)
    {
        // Every key is compared, whatever the others said: the time taken tells nothing.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(shown));
        var matches = false;
        foreach (var key in keys)
            matches |= CryptographicOperations.FixedTimeEquals(hash, SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        return matches;
    }

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
