namespace GoTemplate.Values;

/// <summary>The error that a Go function returns; the executor adds where it was called.</summary>
internal sealed class FunctionException(string message) : Exception(message);

/// <summary>A limit of the execution was reached; no function may swallow it.</summary>
internal sealed class LimitException(string message) : Exception(message);
