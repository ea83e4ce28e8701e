namespace GoTemplate.Functions;

/// <summary>The body of a function written for this library.</summary>
internal delegate object? Native(Arguments arguments);
