using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Storage;

namespace Isthmus.Embedded.Verbs;

/// <summary>get and list.</summary>
internal sealed class ReadVerbs(ObjectStore store)
{
    public JsonObject Get(ApiCall call)
    {
        var asked = ListOptions.ParseRevision(call.Query.Text("resourceVersion"));
        if (asked > store.Revision)
        {
            throw ListOptions.TooLarge(asked.Value, store.Revision);
        }
        return call.Kind.View(Existing(call));
    }

    public JsonObject Existing(ApiCall call) =>
        store.Get(Key(call)) ?? throw ApiErrors.NotFound(call.Resource, call.Name ?? "");

    public static ObjectKey Key(ApiCall call) =>
        new(call.Resource.GroupResource, call.Resource.Namespaced ? call.Namespace ?? "" : "", call.Name ?? "");

    /// <param name="call">The request.</param>
    /// <param name="metadataOnly">Whether of each item only its metadata will be shown, so that no more needs to be copied.</param>
    public JsonObject List(ApiCall call, bool metadataOnly = false)
    {
        var options = ListOptions.Read(call.Query, watch: false);
        var filter = ObjectFilter.Read(call);
        var from = options.Continue.Length > 0 ? ContinueToken.Parse(options.Continue) : (ContinueToken?)null;
        var snapshot = Snapshot(call, options, from);
        var matching = snapshot.Items.Where(filter.Matches).ToList();
        var rest = from is { } token
            ? matching.Where(o => string.CompareOrdinal(ObjectKey.Of(call.Resource, o).Path, token.After) > 0).ToList()
            : matching;
        // A list at resourceVersion=0 comes from the watch cache, which does not page.
        var limited = options.Limit > 0 && options.Revision != 0 && rest.Count > options.Limit;
        var page = limited ? rest.Take((int)options.Limit).ToList() : rest;
        var metadata = Metadata(call, filter, snapshot, page, limited ? rest.Count - page.Count : 0);
        return Document(call.Kind, metadata, page.Select(stored => metadataOnly ? MetadataOf(stored) : Item(call.Kind, stored)));
    }

    private StoreSnapshot Snapshot(ApiCall call, ListOptions options, ContinueToken? from)
    {
        var resource = call.Resource.GroupResource;
        if (from is { } token && token.Revision != ContinueToken.Current)
        {
            return store.ListAt(resource, call.Namespace, token.Revision) ?? throw Expired(token);
        }
        if (options.Revision > store.Revision)
        {
            throw ListOptions.TooLarge(options.Revision.Value, store.Revision);
        }
        // With a limit and no match rule, a resourceVersion other than 0 means exactly that one.
        var exact = options.Exact || (options is { Revision: > 0, Limit: > 0 } && call.Query.Text("resourceVersionMatch").Length == 0);
        return exact && options.Revision is { } revision
            ? store.ListAt(resource, call.Namespace, revision)
                ?? throw new ApiStatusException(410, "Expired", "The resourceVersion for the provided list is too old.")
            : store.List(resource, call.Namespace);
    }

    private static JsonObject Metadata(ApiCall call, ObjectFilter filter, StoreSnapshot snapshot, List<JsonObject> page, int remaining)
    {
        var metadata = new JsonObject { ["resourceVersion"] = snapshot.Revision.ToString(CultureInfo.InvariantCulture) };
        if (remaining > 0)
        {
            metadata["continue"] = new ContinueToken(snapshot.Revision, ObjectKey.Of(call.Resource, page[^1]).Path).ToString();
            if (filter.SelectsAll)
            {
                metadata["remainingItemCount"] = remaining;
            }
        }
        else if (call.Kind.Custom)
        {
            metadata["continue"] = "";
        }
        return metadata;
    }

    /// <summary>The list document. Items of built-in kinds carry no kind and apiVersion, those of custom ones do.</summary>
    private static JsonObject Document(ServedKind kind, JsonObject metadata, IEnumerable<JsonObject> items) => new()
    {
        ["kind"] = kind.ListKind,
        ["apiVersion"] = kind.Resource.ApiVersion,
        ["metadata"] = metadata,
        ["items"] = new JsonArray([.. items]),
    };

    private static JsonObject MetadataOf(JsonObject stored) => new() { ["metadata"] = stored["metadata"]?.DeepClone() };

    private static JsonObject Item(ServedKind kind, JsonObject stored)
    {
        var item = stored.Copy();
        if (kind.Custom)
        {
            item["apiVersion"] = kind.Resource.ApiVersion;
        }
        else
        {
            item.Remove("kind");
            item.Remove("apiVersion");
        }
        return item;
    }

    private static ApiStatusException Expired(ContinueToken token) => new(410, "Expired",
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
        + "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing "
        + "with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the "
        + "time the first chunk was returned and now may show up in the list.")
    {
        Continue = (token with { Revision = ContinueToken.Current }).ToString(),
    };
}
