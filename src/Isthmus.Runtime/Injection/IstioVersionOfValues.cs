using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Json;

namespace Isthmus.Runtime.Injection;

/// <summary>The version that <c>values.global.tag</c> names: the proxy's, and loosely istiod's.</summary>
public static class IstioVersionOfValues
{
    /// <summary>Null where the values name none; what else is wrong with them is for their reader to say.</summary>
    public static IstioVersion? Find(string valuesJson)
    {
        if (!StrictJson.TryParse(valuesJson, out JsonNode? values, out _))
            return null;
        JsonNode? tag = (values as JsonObject)?["global"] is JsonObject global ? global["tag"] : null;
        return IstioVersion.TryParse(tag is JsonValue value && value.TryGetValue(out string? text) ? text : null, out IstioVersion version) ? version : null;
    }
}
