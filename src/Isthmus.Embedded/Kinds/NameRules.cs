using System.Text.RegularExpressions;

namespace Isthmus.Embedded.Kinds;

/// <summary>Kubernetes' rules for names, keys and values (RFC 1123, RFC 1035, qualified names). Each answers what is wrong, in its words.</summary>
internal static partial class NameRules
{
    private const string SubdomainFormat = @"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
    private const string LabelFormat = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private const string Label1035Format = "[a-z]([-a-z0-9]*[a-z0-9])?";
    private const string QualifiedFormat = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private const string ValueFormat = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";

    private const string QualifiedMessage =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

    private static readonly string[] QualifiedExamples = ["MyName", "my.name", "123-abc"];

    public static IEnumerable<string> Subdomain(string name)
    {
        if (name.Length > 253)
            yield return "must be no more than 253 characters";
        if (!SubdomainPattern().IsMatch(name))
            yield return Expect(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
                SubdomainFormat, "example.com");
    }

    public static IEnumerable<string> Label(string name)
    {
        if (name.Length > 63)
            yield return "must be no more than 63 characters";
        if (!LabelPattern().IsMatch(name))
            yield return Expect(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
                LabelFormat, "my-name", "123-abc");
    }

    public static IEnumerable<string> Label1035(string name)
    {
        if (name.Length > 63)
            yield return "must be no more than 63 characters";
        if (!Label1035Pattern().IsMatch(name))
            yield return Expect(
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
                Label1035Format, "my-name", "abc-123");
    }

    /// <summary>RBAC names: anything that can stand in a path segment.</summary>
    public static IEnumerable<string> PathSegment(string name)
    {
        if (name is "." or "..")
            yield return $"may not be '{name}'";
        foreach (var illegal in new[] { "/", "%" })
            if (name.Contains(illegal, StringComparison.Ordinal))
                yield return $"may not contain '{illegal}'";
    }

    public static IEnumerable<string> QualifiedName(string key)
    {
        var parts = key.Split('/');
        var name = parts[^1];
        if (parts.Length > 2)
        {
            yield return $"a qualified name {Expect(QualifiedMessage, QualifiedFormat, QualifiedExamples)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
            yield break;
        }

        if (parts.Length == 2 && parts[0].Length == 0)
            yield return "prefix part must be non-empty";
        else if (parts.Length == 2)
            foreach (var problem in Subdomain(parts[0]))
                yield return $"prefix part {problem}";
        if (name.Length == 0)
            yield return "name part must be non-empty";
        else if (name.Length > 63)
            yield return "name part must be no more than 63 characters";
        if (!QualifiedPattern().IsMatch(name))
            yield return $"name part {Expect(QualifiedMessage, QualifiedFormat, QualifiedExamples)}";
    }

    public static IEnumerable<string> LabelValue(string value)
    {
        if (value.Length > 63)
            yield return "must be no more than 63 characters";
        if (!ValuePattern().IsMatch(value))
            yield return Expect(
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
                ValueFormat, "MyValue", "my_value", "12345");
    }

    public static IEnumerable<string> ConfigKey(string key)
    {
        if (key.Length > 253)
            yield return "must be no more than 253 characters";
        if (!ConfigKeyPattern().IsMatch(key))
            yield return Expect("a valid config key must consist of alphanumeric characters, '-', '_' or '.'", "[-._a-zA-Z0-9]+", "key.name", "KEY_NAME", "key-name");
        else if (key == ".")
            yield return "must not be '.'";
        else if (key.StartsWith("..", StringComparison.Ordinal))
            yield return key == ".." ? "must not be '..'" : "must not start with '..'";
    }

    public static IEnumerable<string> EnvironmentName(string name)
    {
        if (!EnvironmentPattern().IsMatch(name))
            yield return Expect(
                "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
                "[-._a-zA-Z][-._a-zA-Z0-9]*", "my.env-name", "MY_ENV.NAME", "MyEnvName1");
        if (name == ".")
            yield return "must not be '.'";
        else if (name.StartsWith("..", StringComparison.Ordinal))
            yield return name == ".." ? "must not be '..'" : "must not start with '..'";
    }

    /// <summary>Names of container ports: IANA service names, no longer than 15.</summary>
    public static IEnumerable<string> PortName(string name)
    {
        if (name.Length > 15)
            yield return "must be no more than 15 characters";
        if (!PortNamePattern().IsMatch(name))
            yield return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
        if (!name.Any(char.IsAsciiLetterLower))
            yield return "must contain at least one letter (a-z)";
        if (name.Contains("--", StringComparison.Ordinal))
            yield return "must not contain consecutive hyphens";
        if (name.Length > 0 && (name[0] == '-' || name[^1] == '-'))
            yield return "must not begin or end with a hyphen";
    }

    public static IEnumerable<string> Port(long port)
    {
        if (port is < 1 or > 65535)
            yield return "must be between 1 and 65535, inclusive";
    }

    private static string Expect(string message, string format, params string[] examples) =>
        $"{message} (e.g. {string.Join(", ", examples.Select((example, i) => i == 0 ? $"'{example}'" : $" or '{example}'"))}, regex used for validation is '{format}')";

    [GeneratedRegex($@"^{SubdomainFormat}\z")]
    private static partial Regex SubdomainPattern();

    [GeneratedRegex($@"^{LabelFormat}\z")]
    private static partial Regex LabelPattern();

    [GeneratedRegex($@"^{Label1035Format}\z")]
    private static partial Regex Label1035Pattern();

    [GeneratedRegex($@"^{QualifiedFormat}\z")]
    private static partial Regex QualifiedPattern();

    [GeneratedRegex($@"^{ValueFormat}\z")]
    private static partial Regex ValuePattern();

    [GeneratedRegex(@"^[-._a-zA-Z0-9]+\z")]
    private static partial Regex ConfigKeyPattern();

    [GeneratedRegex(@"^[-._a-zA-Z][-._a-zA-Z0-9]*\z")]
    private static partial Regex EnvironmentPattern();

    [GeneratedRegex(@"^[-a-z0-9]+\z")]
    private static partial Regex PortNamePattern();
}
