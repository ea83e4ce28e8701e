using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Api;

/// <summary>A request that ends in a Kubernetes <c>Status</c> of kind Failure. Thrown anywhere below the HTTP layer, answered there.</summary>
internal sealed class ApiStatusException(int code, string reason, string message, JsonObject? details = null) : Exception(message)
{
    public int Code { get; } = code;

    /// <summary>The machine-readable reason (NotFound, AlreadyExists, Conflict, Invalid, …); empty where Kubernetes sends none.</summary>
    public string Reason { get; } = reason;

    /// <summary><c>details</c> of the Status: name, group, kind, uid, causes, retryAfterSeconds.</summary>
    public JsonObject? Details { get; } = details;

    /// <summary>The token with which an expired list can go on, put into the Status' metadata.</summary>
    public string? Continue { get; init; }
}
