using System.Buffers;
using System.Text;

namespace Isthmus.Core.Injection;

/// <summary>The variables that a webhook's URL path sets on the sidecars it injects, such as <c>/inject/cluster/west/net/vnet-west</c>.</summary>
public sealed class InjectPath
{
    private const string LegacyMark = ":ENV:";
    private const string NetworkVariable = "ISTIO_META_NETWORK";

    /// <summary>A key of ours beside Istio's <c>net</c>: the network's UTF-8 in hexadecimal digits, for paths that take no other spelling of it.</summary>
    internal const string HexNetworkKey = "isthmus-hex-net";

    private InjectPath(IReadOnlyDictionary<string, string> variables)
    {
        Variables = variables;
        Text = string.Join('\n', variables.Select(variable => $"{variable.Key}\0{variable.Value}"));
    }

    /// <summary>All variables in one text, to tell paths apart.</summary>
    internal string Text { get; }

    /// <summary>Environment variable by name, in ordinal order.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    public static InjectPath None { get; } = new(new SortedDictionary<string, string>(StringComparer.Ordinal));

    /// <summary>Reads the path as istiod does; any route prefix before <c>/inject</c> has to be taken off before, and escapes decoded.</summary>
    public static InjectPath Parse(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var pairs = Pairs(path.EndsWith('/') ? path[..^1] : path);
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < pairs.Count; i += 2)
        {
            var (name, value) = pairs[i] switch
            {
                "cluster" => ("ISTIO_META_CLUSTER_ID", pairs[i + 1]),
                "net" => (NetworkVariable, pairs[i + 1]),
                HexNetworkKey => (NetworkVariable, FromHex(pairs[i + 1])),
                var other => (other.ToUpperInvariant(), pairs[i + 1]),
            };
            if (name.Length > 0) variables[name] = value;
        }
        return new InjectPath(variables);
    }

    private static List<string> Pairs(string path)
    {
        var parts = path.Split('/', 3);
        if (parts.Length < 3) return [];
        if (parts[2].StartsWith(LegacyMark, StringComparison.Ordinal)) return LegacyPairs(parts[2]);
        var pairs = parts[2].Split('/').ToList();
        for (var i = 1; i < pairs.Count; i += 2) pairs[i] = pairs[i].Replace("--slash--", "/", StringComparison.Ordinal);
        return pairs;
    }

    private static string FromHex(string digits)
    {
        var bytes = new byte[digits.Length / 2];
        return Convert.FromHexString(digits, bytes, out _, out var length) == OperationStatus.Done ? Encoding.UTF8.GetString(bytes, 0, length) : digits;
    }

    private static List<string> LegacyPairs(string text)
    {
        var pairs = new List<string>();
        foreach (var pair in text.Split(LegacyMark).Skip(1))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) pairs.AddRange([pair[..equals], pair[(equals + 1)..]]);
        }
        return pairs;
    }
}
