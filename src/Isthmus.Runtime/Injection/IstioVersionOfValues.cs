using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection;

namespace Isthmus.Runtime.Injection;

/// <summary>The version that <c>values.global.tag</c> names: the proxy's, and loosely istiod's.</summary>
public static class IstioVersionOfValues
{
    /// <summary>Null where the values name none; what else is wrong with them is for their reader to say.</summary>
    public static IstioVersion? Find(string valuesJson)
    {
        try
        {
            JsonNode? tag = (JsonNode.Parse(valuesJson) as JsonObject)?["global"] is JsonObject global ? global["tag"] : null;
            return IstioVersion.TryParse(tag is JsonValue value && value.TryGetValue(out string? text) ? text : null, out IstioVersion version) ? version : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
