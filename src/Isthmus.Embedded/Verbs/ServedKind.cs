using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Verbs;

/// <summary>One resource in one version, as it is served. <see cref="Definition"/> is its CRD, null for a built-in kind.</summary>
internal sealed record ServedKind(KindRules Rules, JsonObject? Definition)
{
    public ResourceDefinition Resource => Rules.Resource;

    public bool Custom => Definition is not null;

    public string ListKind =>
        Definition?["spec"]?["names"] is JsonObject names && names.Text("listKind") is { Length: > 0 } listKind ? listKind : $"{Resource.Kind}List";

    /// <summary>The stored object in this version. Versions of a CRD differ in nothing but <c>apiVersion</c> (conversion None).</summary>
    public JsonObject View(JsonObject stored)
    {
        if (stored.Text("apiVersion") == Resource.ApiVersion)
        {
            return stored;
        }
        var view = stored.Copy();
        view["apiVersion"] = Resource.ApiVersion;
        return view;
    }
}
