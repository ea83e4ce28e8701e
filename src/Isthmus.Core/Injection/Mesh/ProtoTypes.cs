using Isthmus.Core.Json;

namespace Isthmus.Core.Injection.Mesh;

/// <summary>The message types of the embedded table <c>mesh.protos</c>, whose first lines explain its format.</summary>
internal static class ProtoTypes
{
    private static readonly Dictionary<string, ProtoType> Messages = Read();

    public static ProtoType MeshConfig { get; } = Messages["v1alpha1:MeshConfig"];

    public static ProtoType ProxyConfig { get; } = Messages["v1alpha1:ProxyConfig"];

    /// <summary>The Go name of <c>PACKAGE:OUTER.INNER</c>.</summary>
    public static string GoName(string name) => name.Replace('.', '_').Replace(':', '.');

    private static Dictionary<string, ProtoType> Read()
    {
        using Stream stream = typeof(ProtoTypes).Assembly.GetManifestResourceStream("mesh.protos")
            ?? throw new InvalidOperationException("the assembly lacks its resource mesh.protos");
        using var reader = new StreamReader(stream);
        string[][] lines = [.. reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' '))];

        Dictionary<string, ProtoType> messages = lines.Where(words => words[0] == "message").ToDictionary(words => words[1], words => new ProtoType(words[1]), StringComparer.Ordinal);
        Dictionary<string, ProtoEnumType> enums = lines.Where(words => words[0] == "enum").ToDictionary(words => words[1], words => new ProtoEnumType(words[1]), StringComparer.Ordinal);
        string current = "";
        foreach (string[] words in lines)
        {
            if (words[0].Length > 0)
                current = words[1];
            else if (messages.TryGetValue(current, out ProtoType? message))
                message.Add(Field(words, messages, enums));
            else
                enums[current].Add(words[1], long.Parse(words[2], System.Globalization.CultureInfo.InvariantCulture));
        }
        return messages;
    }

    private static ProtoField Field(string[] words, Dictionary<string, ProtoType> messages, Dictionary<string, ProtoEnumType> enums)
    {
        (string json, string type) = (words[1], words[2]);
        FieldShape shape = type.StartsWith("[]", StringComparison.Ordinal) ? FieldShape.List
            : type.StartsWith("map:", StringComparison.Ordinal) ? FieldShape.Map
            : FieldShape.One;
        string element = shape switch { FieldShape.List => type[2..], FieldShape.Map => type[4..], _ => type };
        string proto = Flag("proto") ?? string.Concat(json.Select(c => char.IsAsciiLetterUpper(c) ? $"_{char.ToLowerInvariant(c)}" : c.ToString()));
        string go = Flag("go") ?? string.Concat(proto.Split('_').Where(word => word.Length > 0).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        return new ProtoField(json, proto, go, Kind(element.TrimStart('?'), enums), shape, Flag("oneof") ?? "")
        {
            Type = messages.GetValueOrDefault(element) ?? ProtoType.None,
            EnumType = enums.GetValueOrDefault(element) ?? ProtoEnumType.None,
            IsWrapper = element[0] == '?',
        };

        string? Flag(string name) => words.Skip(3).Where(word => word.StartsWith(name + "=", StringComparison.Ordinal)).Select(word => word[(name.Length + 1)..]).FirstOrDefault();
    }

    private static ProtoKind Kind(string type, Dictionary<string, ProtoEnumType> enums) => type switch
    {
        "bool" => ProtoKind.Bool,
        "int32" => ProtoKind.Int32,
        "uint32" => ProtoKind.UInt32,
        "int64" => ProtoKind.Int64,
        "uint64" => ProtoKind.UInt64,
        "double" => ProtoKind.Double,
        "string" => ProtoKind.Text,
        "duration" => ProtoKind.Duration,
        "struct" => ProtoKind.Struct,
        _ => enums.ContainsKey(type) ? ProtoKind.Enum : ProtoKind.Message,
    };
}
