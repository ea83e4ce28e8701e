namespace GoTemplate;

/// <summary>How much one execution may use. A template that reaches a limit fails with a <see cref="TemplateException"/>.</summary>
public sealed record ExecutionLimits
{
    /// <summary>4 Mi characters, 2 seconds, 1,000 nested templates.</summary>
    public static ExecutionLimits Default { get; } = new();

    /// <summary>The longest output, and the longest text that one function may produce, in UTF-16 characters.</summary>
    public int MaxOutput { get; init; } = 4 * 1024 * 1024;

    /// <summary>What functions may produce in all, in characters (an element of a list or map counts as 16): bounds the memory of an execution.</summary>
    public long MaxProduced { get; init; } = 64L * 1024 * 1024;

    /// <summary>The longest time, looked at every few hundred steps; <see cref="TimeSpan.Zero"/> for no limit.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The clock for <see cref="MaxTime"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>How deep templates may call templates (Go stops at 100,000, which no .NET stack holds).</summary>
    public int MaxTemplateDepth { get; init; } = 1000;
}
