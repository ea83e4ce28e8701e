using System.Text.Json.Nodes;

namespace Isthmus.Runtime.Arm;

/// <summary>An answer of Azure Resource Manager with the headers that say how to go on.</summary>
public sealed record ArmReply(JsonObject Body, Func<string, string?> Header);
