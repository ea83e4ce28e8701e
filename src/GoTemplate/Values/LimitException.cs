namespace GoTemplate.Values;

/// <summary>A limit of the execution was reached; no function may swallow it.</summary>
internal sealed class LimitException(string message) : Exception(message);
