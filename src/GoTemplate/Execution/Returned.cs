namespace GoTemplate.Execution;

/// <summary>What a method returned; absent where there is no such method.</summary>
internal readonly record struct Returned(object? Value);
