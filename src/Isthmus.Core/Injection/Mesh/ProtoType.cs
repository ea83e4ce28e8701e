namespace Isthmus.Core.Injection.Mesh;

/// <summary>A protobuf message type: its fields in the order of declaration, in which JSON is written.</summary>
internal sealed class ProtoType(string name)
{
    private readonly List<ProtoField> _fields = [];
    private readonly Dictionary<string, ProtoField> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProtoField> _byGo = new(StringComparer.Ordinal);

    /// <summary>Stands where a field holds no message.</summary>
    public static ProtoType None { get; } = new("none");

    /// <summary>Package and message, such as <c>v1alpha1:MeshConfig.CA</c>.</summary>
    public string Name { get; } = name;

    /// <summary>As Go's %T names a pointer to it: <c>*v1alpha1.MeshConfig_CA</c>.</summary>
    public string GoType { get; } = "*" + ProtoTypes.GoName(name);

    public IReadOnlyList<ProtoField> Fields => _fields;

    /// <summary>The field of a JSON or .proto name; null where it is unknown.</summary>
    public ProtoField? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The field of a Go name; null where it is unknown.</summary>
    public ProtoField? FindGo(string name) => _byGo.GetValueOrDefault(name);

    /// <summary>The field of a JSON name that must be there.</summary>
    public ProtoField this[string json] => _byName[json];

    /// <summary>The members of a oneof.</summary>
    public IEnumerable<ProtoField> Members(string oneof) => _fields.Where(field => field.Oneof == oneof);

    public void Add(ProtoField field)
    {
        _fields.Add(field);
        _byName[field.Json] = field;
        _byName[field.Proto] = field;
        _byGo[field.Go] = field;
    }
}
