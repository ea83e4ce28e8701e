using System.Text.Json.Nodes;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Schemas;

internal static class CustomResourceKinds
{
    public static IReadOnlyList<KindRules> FromDefinition(JsonObject definition) => [];
}
