using System.Text.Json.Nodes;

namespace Isthmus.Core.Injection;

/// <summary>The answer to an AdmissionReview: the response to send (null where the call itself has to fail) and what it rests on.</summary>
public sealed record ReviewOutcome(string Uid, JsonObject? Response, InjectionResult Result);
