namespace GoTemplate;

/// <summary>
/// A value that looks to templates like a Go struct, a pointer to one, or a named basic type.
/// A method <c>String</c> without arguments is what prints it, as with Go's fmt.Stringer.
/// </summary>
public interface IGoObject
{
    /// <summary>The Go type that error messages and <c>%T</c> name, for instance <c>*v1alpha1.MeshConfig</c>.</summary>
    string GoType { get; }

    /// <summary>Whether this is a nil pointer: its fields cannot be read, its methods can be called.</summary>
    bool IsNil => false;

    /// <summary>The basic value of a named basic type (an enum's number), which comparison and truth go by; otherwise null.</summary>
    object? Underlying => null;

    /// <summary>Reads an exported field; false if the type has none of that name.</summary>
    bool TryGetField(string name, out object? value);

    /// <summary>Calls a method; false if the type has none of that name. What it throws becomes the template's error.</summary>
    bool TryCallMethod(string name, IReadOnlyList<object?> args, out object? result);
}
