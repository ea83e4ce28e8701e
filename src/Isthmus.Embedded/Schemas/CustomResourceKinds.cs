using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Schemas;

/// <summary>The kinds that a CustomResourceDefinition declares.</summary>
internal static class CustomResourceKinds
{
    /// <summary>One kind for each served version, in the order of the definition.</summary>
    public static IReadOnlyList<KindRules> FromDefinition(JsonObject crd) =>
        [.. crd.Objects("spec", "versions").Where(version => version.Flag("served")).Select(version => FromVersion(crd, version))];

    private static CustomResourceKind FromVersion(JsonObject crd, JsonObject version)
    {
        var names = crd.Object("spec", "names");
        var subresources = version.Object("subresources")?.Select(entry => entry.Key).Where(name => name is "status" or "scale") ?? [];
        var resource = new ResourceDefinition(
            crd.Text("spec", "group"), version.Text("name"), names.Text("plural"), names.Text("singular"), names.Text("kind"),
            crd.Text("spec", "scope") != "Cluster")
        {
            ShortNames = [.. names.Texts("shortNames")],
            Categories = [.. names.Texts("categories")],
            Subresources = [.. subresources.Order(StringComparer.Ordinal)],
        };
        return new CustomResourceKind(resource, version.Object("schema", "openAPIV3Schema") ?? [], PrinterColumns.Of(version))
        {
            DeprecationWarning = !version.Flag("deprecated") ? null
                : version.Text("deprecationWarning") is { Length: > 0 } given ? given
                : $"{resource.ApiVersion} {resource.Kind} is deprecated",
        };
    }
}
