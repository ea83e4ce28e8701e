namespace Microsoft.Azure.Functions.Worker;

/// <summary>What a timer function is told.</summary>
public sealed class TimerInfo
{
    public bool IsPastDue { get; set; }
}
