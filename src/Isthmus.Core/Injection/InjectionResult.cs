using System.Text.Json.Nodes;

namespace Isthmus.Core.Injection;

/// <summary>What became of one pod.</summary>
public abstract record InjectionResult
{
    private InjectionResult()
    {
    }

    /// <summary>The pod stays as it is.</summary>
    public sealed record NotNeeded(string Reason) : InjectionResult;

    /// <summary>The pod with its sidecar, and the RFC 6902 patch from the pod that was given.</summary>
    public sealed record Injected(JsonObject Pod, JsonArray Patch) : InjectionResult;

    /// <summary>The user's fault: the pod is not admitted, and the message says why.</summary>
    public sealed record Refused(string Message) : InjectionResult;

    /// <summary>Our fault: the webhook call fails, so that its failure policy decides.</summary>
    public sealed record Failed(string Message) : InjectionResult;
}
