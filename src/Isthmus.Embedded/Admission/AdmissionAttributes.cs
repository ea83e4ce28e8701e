using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Admission;

/// <summary>One write on its way through admission. <see cref="Object"/> is null for DELETE, <see cref="OldObject"/> for CREATE.</summary>
internal sealed record AdmissionAttributes(
    ResourceDefinition Resource,
    string? Subresource,
    string Operation,
    string? Namespace,
    string? Name,
    JsonObject? Object,
    JsonObject? OldObject,
    JsonObject Options,
    RequestUser User,
    bool DryRun);

/// <summary>Who asks: what userInfo of a review shows.</summary>
internal sealed record RequestUser(string Name, string? Uid, IReadOnlyList<string> Groups);
