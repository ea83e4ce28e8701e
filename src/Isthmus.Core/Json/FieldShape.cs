namespace Isthmus.Core.Json;

/// <summary>Whether a field holds one value or many.</summary>
public enum FieldShape
{
    /// <summary>One value.</summary>
    One,

    /// <summary>A list.</summary>
    List,

    /// <summary>A map whose keys are strings.</summary>
    Map,
}
