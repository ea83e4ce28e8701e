using System.Text.Json.Nodes;

namespace Isthmus.Runtime.Injection;

/// <summary>What an injection webhook answers.</summary>
public abstract record ReviewAnswer
{
    private ReviewAnswer()
    {
    }

    /// <summary>An AdmissionReview: allowed with or without a patch, or refused for the user's own fault.</summary>
    public sealed record Answered(JsonObject Review) : ReviewAnswer;

    /// <summary>Our fault: the call has to fail, so that the webhook's failure policy decides.</summary>
    public sealed record Failed(string Reason) : ReviewAnswer;
}
