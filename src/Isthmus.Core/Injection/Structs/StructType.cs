using System.Collections.Frozen;

namespace Isthmus.Core.Injection.Structs;

/// <summary>A Go struct of Kubernetes' pod API.</summary>
internal sealed class StructType
{
    private static readonly FrozenDictionary<string, StructType> All = Read(PodStructTable.Text);

    private readonly FrozenDictionary<string, FieldType> _byJson;
    private readonly FrozenDictionary<string, FieldType> _byGo;

    private StructType(string name, IReadOnlyList<FieldType> fields)
    {
        (Name, Fields) = (name, fields);
        _byJson = fields.ToFrozenDictionary(field => field.JsonName, StringComparer.Ordinal);
        _byGo = fields.ToFrozenDictionary(field => field.GoName, StringComparer.Ordinal);
    }

    public string Name { get; }

    /// <summary>In declaration order.</summary>
    public IReadOnlyList<FieldType> Fields { get; }

    public static StructType Pod { get; } = All["Pod"];
    public static StructType ObjectMeta { get; } = All["ObjectMeta"];
    public static StructType PodSpec { get; } = All["PodSpec"];
    public static StructType Container { get; } = All["Container"];
    public static StructType Probe { get; } = All["Probe"];

    public FieldType? ByJson(string name) => _byJson.GetValueOrDefault(name);
    public FieldType? ByGo(string name) => _byGo.GetValueOrDefault(name);

    private static FrozenDictionary<string, StructType> Read(string table)
    {
        var types = new Dictionary<string, StructType>(StringComparer.Ordinal);
        var lines = new List<string>();
        foreach (var line in table.Split('\n'))
        {
            if (line.StartsWith(' ')) lines[^1] += line;
            else if (line.Length > 0) lines.Add(line);
        }
        foreach (var line in lines)
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            var fields = line[(colon + 2)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            types[line[..colon]] = new StructType(line[..colon], [.. fields.Select(ReadField)]);
        }
        foreach (var field in types.Values.SelectMany(type => type.Fields))
            if (field.Kind == FieldKind.Struct) field.Struct = types[field.StructName];
        return types.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static FieldType ReadField(string text)
    {
        var colon = text.LastIndexOf(':');
        var names = text[..colon].Split('/');
        var type = text[(colon + 1)..];
        var omitEmpty = !type.EndsWith('!');
        type = type.TrimEnd('!');
        var isList = type.StartsWith("[]", StringComparison.Ordinal);
        type = isList ? type[2..] : type;
        var isPointer = type.StartsWith('*');
        type = isPointer ? type[1..] : type;
        var goName = names.Length > 1 ? names[1] : char.ToUpperInvariant(names[0][0]) + names[0][1..];
        var structName = type.StartsWith('@') ? type[1..] : "";
        return new FieldType(names[0], goName, KindOf(type), structName, isList, isPointer, omitEmpty);
    }

    private static FieldKind KindOf(string type) => type switch
    {
        "s" => FieldKind.Text,
        "b" => FieldKind.Flag,
        "i" => FieldKind.Integer,
        "q" => FieldKind.Quantity,
        "t" => FieldKind.Time,
        "p" => FieldKind.Port,
        "a" => FieldKind.Any,
        "ms" => FieldKind.TextMap,
        "mq" => FieldKind.QuantityMap,
        _ => FieldKind.Struct,
    };
}
