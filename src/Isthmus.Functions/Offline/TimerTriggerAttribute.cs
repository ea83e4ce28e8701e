namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs a function on a six-field NCRONTAB schedule, in UTC.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TimerTriggerAttribute(string schedule) : Attribute
{
    public string Schedule { get; } = schedule;

    public bool RunOnStartup { get; set; }
}
