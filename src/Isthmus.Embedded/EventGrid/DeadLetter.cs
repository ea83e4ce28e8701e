using System.Text.Json.Nodes;

namespace Isthmus.Embedded.EventGrid;

/// <summary>An event that was given up: to whom, after how many attempts and why, in Event Grid's words where it has some.</summary>
public sealed record DeadLetter(string Subscription, JsonObject Event, int Attempts, string Reason);
