using System.Text.Json.Nodes;

namespace Isthmus.Embedded.PrivateDns;

/// <summary>What ARM answers.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">Null: none.</param>
/// <param name="Operation">The operation that goes on; null where all is done.</param>
internal sealed record ArmAnswer(int Status, JsonObject? Body, string? Operation = null)
{
    public static ArmAnswer Refusal(int status, string code, string message) =>
        new(status, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } });

    public static ArmAnswer Precondition() => Refusal(412, "PreconditionFailed", "The condition '[If-Match or If-None-Match]' in the request was not satisfied. The current ETag is another one.");

    public static ArmAnswer Missing(string what) => Refusal(404, "ResourceNotFound", $"The Resource '{what}' was not found.");
}
