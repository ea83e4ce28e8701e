namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs a function once for each event of an Event Grid subscription.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class EventGridTriggerAttribute : Attribute;
