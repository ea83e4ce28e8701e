using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Secrecy;

namespace Isthmus.Runtime.Injection;

/// <summary>The state of injection settings as JSON, for the status page.</summary>
public static class InjectionStatusJson
{
    public static JsonArray Write(IEnumerable<InjectionSettingsStatus> statuses) => [.. statuses.Select(Write)];

    private static JsonNode Write(InjectionSettingsStatus status) => new JsonObject
    {
        ["cluster"] = status.Cluster.Value,
        ["revision"] = status.Revision,
        ["istioVersion"] = status.IstioVersion,
        ["loadedAt"] = status.LoadedAt?.ToString("O", CultureInfo.InvariantCulture),
        ["error"] = status.Error is { } error ? Redaction.Text(error) : null,
    };
}
