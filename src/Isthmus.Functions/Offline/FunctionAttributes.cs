// The worker's own attributes, by name and namespace, for builds where its packages cannot be restored: they mark, and do
// nothing. Never published: FunctionsWorker=true takes this folder out and the real packages in.
namespace Microsoft.Azure.Functions.Worker;

/// <summary>Names a function.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FunctionAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>Which key a caller of an HTTP function must show.</summary>
public enum AuthorizationLevel
{
    Anonymous,
    User,
    Function,
    System,
    Admin,
}

/// <summary>Runs a function on an HTTP request.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods) : Attribute
{
    public AuthorizationLevel AuthLevel { get; } = authLevel;

    public string[] Methods { get; } = methods;

    public string? Route { get; set; }
}

/// <summary>Runs a function on a six-field NCRONTAB schedule, in UTC.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TimerTriggerAttribute(string schedule) : Attribute
{
    public string Schedule { get; } = schedule;

    public bool RunOnStartup { get; set; }
}

/// <summary>Runs a function once for each event of an Event Grid subscription.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class EventGridTriggerAttribute : Attribute;

/// <summary>What a timer function is told.</summary>
public sealed class TimerInfo
{
    public bool IsPastDue { get; set; }
}
