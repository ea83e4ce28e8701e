namespace Isthmus.Core.Injection.Mesh;

/// <summary>A protobuf enum type.</summary>
internal sealed class ProtoEnumType(string name)
{
    private readonly Dictionary<string, long> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<long, ProtoEnum> _values = [];

    /// <summary>Stands where a field holds no enum.</summary>
    public static ProtoEnumType None { get; } = new("none");

    /// <summary>As Go's %T names it: <c>v1alpha1.ProxyConfig_InboundInterceptionMode</c>.</summary>
    public string GoType { get; } = ProtoTypes.GoName(name);

    public void Add(string name, long number)
    {
        _numbers[name] = number;
        _values.TryAdd(number, new ProtoEnum(this, number, name));
    }

    /// <summary>The value of a name; null where it is unknown.</summary>
    public ProtoEnum? Parse(string name) => _numbers.TryGetValue(name, out long number) ? Of(number) : null;

    /// <summary>The value of a number; one without a name prints as its number.</summary>
    public ProtoEnum Of(long number) => _values.GetValueOrDefault(number) ?? new ProtoEnum(this, number, null);
}
