using System.Globalization;
using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Kinds;

/// <summary>
/// The Go types of the built-in kinds, read from the <c>*.types</c> tables. A table lists, under each type's name, its fields:
/// <c>name[*][!][:[[]][{}][*]type][=default]</c>. <c>*</c> after the name: a pointer, so a zero value counts as set;
/// <c>!</c>: no omitempty, so it is always written; <c>[]</c> list, <c>{}</c> map; <c>*type</c>: pointer to a struct
/// (a struct that is no pointer is always written); no type: string. Scalars: string, bool, int32, int64, float, quantity,
/// intOrString, time, microTime, bytes, any.
/// </summary>
internal sealed class TypeCatalog
{
    private static readonly HashSet<string> Scalars =
        ["string", "bool", "int32", "int64", "float", "quantity", "intOrString", "time", "microTime", "bytes", "any"];

    private readonly Dictionary<string, GoType> _types = new(StringComparer.Ordinal);

    private TypeCatalog()
    {
    }

    public static TypeCatalog BuiltIn { get; } = Load();

    public GoType this[string name] => _types.TryGetValue(name, out var type) ? type : throw new InvalidOperationException($"no type {name} in the tables");

    private static TypeCatalog Load()
    {
        var catalog = new TypeCatalog();
        var assembly = typeof(TypeCatalog).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".types", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"no resource {resource}");
            using var reader = new StreamReader(stream);
            catalog.Read(reader.ReadToEnd());
        }

        foreach (var field in catalog._types.Values.SelectMany(type => type.Fields).Where(field => field.IsStruct))
            _ = catalog[field.TypeName];
        return catalog;
    }

    private void Read(string text)
    {
        GoType? current = null;
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] != ' ')
                _types.Add(line.Trim(), current = new GoType(line.Trim()));
            else
                foreach (var field in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    (current ?? throw new InvalidOperationException($"field before the first type: {field}")).Add(Parse(field));
        }
    }

    private static GoField Parse(string text)
    {
        string? defaultValue = null;
        if (text.IndexOf('=', StringComparison.Ordinal) is var equals and > 0)
            (text, defaultValue) = (text[..equals], text[(equals + 1)..]);
        var typeName = "string";
        if (text.IndexOf(':', StringComparison.Ordinal) is var colon and > 0)
            (text, typeName) = (text[..colon], text[(colon + 1)..]);
        var always = text.EndsWith('!');
        text = text.TrimEnd('!');
        var pointer = text.EndsWith('*');
        text = text.TrimEnd('*');
        var list = typeName.StartsWith("[]", StringComparison.Ordinal);
        if (list)
            typeName = typeName[2..];
        var map = typeName.StartsWith("{}", StringComparison.Ordinal);
        if (map)
            typeName = typeName[2..];
        if (typeName.StartsWith('*'))
            (typeName, pointer) = (typeName[1..], true);
        var isStruct = !Scalars.Contains(typeName);
        return new GoField(text, typeName)
        {
            IsPointer = pointer,
            AlwaysWritten = always,
            IsList = list,
            IsMap = map,
            IsStruct = isStruct,
            Default = defaultValue is null ? null : Literal(defaultValue, typeName),
        };
    }

    private static JsonNode Literal(string text, string typeName) => typeName switch
    {
        "int32" or "int64" => JsonValue.Create(long.Parse(text, CultureInfo.InvariantCulture)),
        "bool" => JsonValue.Create(bool.Parse(text)),
        _ when text == "{}" => new JsonObject(),
        _ => JsonValue.Create(text == "\"\"" ? "" : text),
    };
}

/// <summary>A Go struct: its JSON fields in the order of declaration.</summary>
internal sealed class GoType(string name)
{
    private readonly List<GoField> _fields = [];
    private readonly Dictionary<string, GoField> _byName = new(StringComparer.Ordinal);

    public string Name { get; } = name;
    public IReadOnlyList<GoField> Fields => _fields;

    public GoField? Find(string name) => _byName.GetValueOrDefault(name);

    internal void Add(GoField field)
    {
        _fields.Add(field);
        _byName.Add(field.Name, field);
    }
}

/// <summary>One field of a Go struct; see <see cref="TypeCatalog"/> for what the flags mean.</summary>
internal sealed record GoField(string Name, string TypeName)
{
    public bool IsPointer { get; init; }
    public bool AlwaysWritten { get; init; }
    public bool IsList { get; init; }
    public bool IsMap { get; init; }
    public bool IsStruct { get; init; }
    public JsonNode? Default { get; init; }
}
