namespace GoTemplate.Values;

/// <summary>The error that a Go function returns; the executor adds where it was called.</summary>
internal sealed class FunctionException(string message) : Exception(message);
