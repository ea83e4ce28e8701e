using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using LabelSelector = Isthmus.Core.Kubernetes.LabelSelector;

namespace Isthmus.Embedded.Verbs;

/// <summary>Which objects a list, watch or deletecollection is about.</summary>
internal sealed record ObjectFilter(string? Namespace, LabelSelector Labels, FieldSelector Fields)
{
    public static ObjectFilter Read(ApiCall call)
    {
        if (!LabelSelector.TryParse(call.Query.Text("labelSelector"), out var labels, out var error))
        {
            throw ApiErrors.BadRequest(error);
        }
        return new ObjectFilter(call.Namespace, labels, FieldSelector.Parse(call.Query.Text("fieldSelector"), call.Kind));
    }

    public bool SelectsAll => Labels.IsEverything && Fields.IsEverything;

    public bool Matches(JsonObject obj) =>
        (string.IsNullOrEmpty(Namespace) || obj.Namespace() == Namespace)
        && (Labels.IsEverything || Labels.Matches(key => obj.Label(key)))
        && Fields.Matches(obj);
}
