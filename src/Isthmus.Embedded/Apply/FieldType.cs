using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Apply;

internal enum ListType
{
    /// <summary>One value, owned as a whole.</summary>
    Atomic,

    /// <summary>Scalars, each owned for itself.</summary>
    Set,

    /// <summary>Objects told apart by key fields, each owned for itself.</summary>
    Map,
}

/// <summary>What server-side apply needs to know of a field's type: how it merges.</summary>
internal abstract class FieldType
{
    /// <summary>Whether an object is owned as a whole (<c>x-kubernetes-map-type: atomic</c>).</summary>
    public virtual bool IsAtomic => false;

    public virtual ListType List => ListType.Atomic;

    /// <summary>The key fields of a <see cref="ListType.Map"/>.</summary>
    public virtual IReadOnlyList<string> Keys => [];

    /// <summary>The type of a list's elements.</summary>
    public abstract FieldType Item { get; }

    /// <summary>The type of a field or map entry.</summary>
    public abstract FieldType Field(string name);

    /// <summary>Whether the name is a field of a struct; entries of maps are not.</summary>
    public abstract bool Declares(string name);

    /// <summary>What a key field is where an element leaves it out.</summary>
    public virtual JsonNode? KeyDefault(string key) => null;
}
