using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Http;

namespace Isthmus.Embedded.Verbs;

/// <summary>The body of a request as it came, and its media type without parameters.</summary>
internal sealed record RequestBody(byte[] Bytes, string MediaType)
{
    private static readonly string[] ObjectTypes = ["", "application/json", "application/yaml", ProtobufReader.MediaType];

    public string Text => Encoding.UTF8.GetString(Bytes);

    public bool IsEmpty => Bytes.Length == 0;

    public bool IsYaml => MediaType == "application/yaml";

    /// <summary>Parses an object's body. JSON is assumed where no type is given.</summary>
    public JsonNode? Parse(ServedKind kind, out IReadOnlyList<string> duplicates) => ParseAny(kind.Resource.Kind, out duplicates);

    /// <summary>The same for a kind that is known by name only.</summary>
    public JsonNode? ParseAny(string kind, out IReadOnlyList<string> duplicates)
    {
        RequireObjectType();
        duplicates = [];
        if (MediaType == ProtobufReader.MediaType)
        {
            return ProtobufReader.Read(Bytes);
        }
        try
        {
            return IsYaml ? Yaml.Read(Text, lastKeyWins: true) : GoJsonReader.Read(Text, out duplicates);
        }
        catch (GoJsonException e)
        {
            throw ApiErrors.BadRequest($"the object provided is unrecognized (must be of type {kind}): "
                + $"couldn't get version/kind; json parse error: {e.Message} ({Excerpt()})");
        }
        catch (YamlFormatException e)
        {
            throw ApiErrors.BadRequest($"the object provided is unrecognized (must be of type {kind}): "
                + $"error converting YAML to JSON: {e.Message}");
        }
    }

    public void RequireObjectType()
    {
        if (!ObjectTypes.Contains(MediaType, StringComparer.Ordinal))
        {
            throw new ApiStatusException(415, "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf");
        }
    }

    /// <summary>The start of the body for an error message: JSON objects as text, all else in hexadecimal, as Kubernetes shows it.</summary>
    public string Excerpt()
    {
        const int limit = 30;
        if (IsEmpty)
        {
            return "<empty>";
        }
        var cut = Bytes.Length > limit ? " ..." : "";
        return (Text[0] == '{' ? Text[..Math.Min(limit, Text.Length)] : Convert.ToHexStringLower(Bytes.AsSpan(0, Math.Min(limit, Bytes.Length)))) + cut;
    }
}
