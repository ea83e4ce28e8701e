using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Runtime.Injection;

/// <summary>What istiod's own Deployment tells of it: the version and the environment, which stand in no ConfigMap.</summary>
internal static class IstiodDeployment
{
    public static IstioVersion? Version(JsonObject? istiod)
    {
        if (Container(istiod) is { } container && ObjectMetadata.TextOf(container["image"]) is { } image && IstioVersion.TryParseImage(image, out IstioVersion version))
            return version;
        foreach (string label in new[] { "operator.istio.io/version", "app.kubernetes.io/version" })
        {
            if (IstioVersion.TryParse(istiod?.Label(label), out version))
                return version;
        }
        return null;
    }

    /// <summary>Variables with a plain value; references to other objects concern istiod's own pods only.</summary>
    public static IReadOnlyDictionary<string, string> Environment(JsonObject? istiod)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonObject variable in (Container(istiod)?["env"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (ObjectMetadata.TextOf(variable["name"]) is { } name && ObjectMetadata.TextOf(variable["value"]) is { } value)
                environment[name] = value;
        }
        return environment;
    }

    private static JsonObject? Container(JsonObject? istiod)
    {
        JsonObject[] containers = [.. (istiod?["spec"]?["template"]?["spec"]?["containers"] as JsonArray ?? []).OfType<JsonObject>()];
        return Array.Find(containers, container => ObjectMetadata.TextOf(container["name"]) == "discovery") ?? containers.FirstOrDefault();
    }
}
