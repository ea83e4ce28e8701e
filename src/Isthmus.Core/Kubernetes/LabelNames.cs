using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Isthmus.Core.Kubernetes;

/// <summary>Kubernetes' rules for label keys and values, in its own words.</summary>
public static partial class LabelNames
{
    private const int Longest = 63;

    private const string NameRule = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

    private const string PrefixRule = "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with "
        + "an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string QualifiedRule = "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') "
        + "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";

    private const string ValueRule = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
        + "character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    /// <summary>Why a text is no label key (a qualified name); null when it is one.</summary>
    public static string? KeyError(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        string[] parts = key.Split('/');
        if (parts.Length > 2)
            return QualifiedRule;
        if (parts.Length == 2)
        {
            if (parts[0].Length == 0)
                return "prefix part must be non-empty";
            if (parts[0].Length > 253)
                return "prefix part must be no more than 253 bytes";
            if (!Subdomain().IsMatch(parts[0]))
                return PrefixRule;
        }
        string name = parts[^1];
        return name.Length == 0 ? "name part must be non-empty"
            : name.Length > 63 ? "name part must be no more than 63 bytes"
            : Name().IsMatch(name) ? null : NameRule;
    }

    /// <summary>Why a text is no label value; null when it is one.</summary>
    public static string? ValueError(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Length > 63 ? "must be no more than 63 bytes"
            : value.Length == 0 || Name().IsMatch(value) ? null : ValueRule;
    }

    /// <summary>
    /// A name that is no longer than a label: itself, or its beginning and a hash of the whole. istiod's webhook refuses a Gateway with a
    /// longer one, though a name of that kind may have 253 characters to Kubernetes.
    /// </summary>
    public static string Fit(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length <= Longest)
            return name;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 4));
        return $"{name[..(Longest - hash.Length - 1)]}-{hash}";
    }

    /// <summary>Whether a text is a DNS subdomain: what API servers want each segment of a webhook's Service path to be.</summary>
    public static bool IsSubdomain(string text) => text.Length <= 253 && Subdomain().IsMatch(text);

    [GeneratedRegex(@"^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();
}
