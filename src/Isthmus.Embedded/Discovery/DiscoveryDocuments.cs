using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Auth;
using Isthmus.Embedded.Verbs;

namespace Isthmus.Embedded.Discovery;

/// <summary>What the cluster says of itself: <c>/api</c>, <c>/apis</c>, groups, versions and their resources.</summary>
internal sealed class DiscoveryDocuments(KindRegistry kinds)
{
    // Custom resources list their verbs in this order, built-in ones alphabetically.
    private static readonly string[] CustomVerbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    private static readonly string[] StatusVerbs = ["get", "patch", "update"];

    public static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = "26",
        ["gitVersion"] = "v1.26.4+isthmus",
        ["gitCommit"] = "embedded",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "none",
        ["compiler"] = "roslyn",
        ["platform"] = "dotnet",
    };

    public static JsonObject CoreVersions(string serverAddress) => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = serverAddress }),
    };

    public JsonObject Paths()
    {
        List<string> paths = ["/api", "/api/v1", "/apis"];
        foreach (var (group, versions) in Groups())
        {
            paths.Add($"/apis/{group}");
            paths.AddRange(versions.Select(v => $"/apis/{group}/{v}"));
        }
        paths.AddRange(["/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"]);
        return new JsonObject { ["paths"] = new JsonArray([.. paths.Select(p => JsonValue.Create(p))]) };
    }

    public JsonObject GroupList() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. Groups().Select(g => Group(g.Name, g.Versions))]),
    };

    /// <summary>One group; null when there is no such group.</summary>
    public JsonObject? Group(string name)
    {
        var found = Groups().FirstOrDefault(g => g.Name == name);
        if (found.Versions is null)
        {
            return null;
        }
        var group = Group(found.Name, found.Versions);
        group["kind"] = "APIGroup";
        group["apiVersion"] = "v1";
        return group;
    }

    /// <summary>The resources of a group's version; null when nothing is served there.</summary>
    public JsonObject? Resources(string group, string version)
    {
        var entries = new List<JsonObject>();
        foreach (var kind in kinds.All.Where(k => k.Resource.Group == group && k.Resource.Version == version))
        {
            entries.Add(Entry(kind));
            entries.AddRange(kind.Resource.Subresources.Select(sub => SubresourceEntry(kind.Resource, sub)));
        }
        entries.AddRange(Reviews.Resources.Where(r => r.Group == group && r.Version == version).Select(r => Entry(r.Plural, r, ["create"])));
        if (group.Length == 0 && version == "v1")
        {
            entries.Add(Entry("bindings", new ResourceDefinition("", "v1", "bindings", "", "Binding", true), ["create"]));
        }
        if (entries.Count == 0)
        {
            return null;
        }
        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = new JsonArray([.. entries.OrderBy(e => e.Text("name"), StringComparer.Ordinal)]),
        };
    }

    public bool IsBuiltInGroup(string group) =>
        group.Length == 0 || Reviews.Resources.Any(r => r.Group == group) || kinds.All.Any(k => !k.Custom && k.Resource.Group == group);

    private IEnumerable<(string Name, IReadOnlyList<string> Versions)> Groups() =>
        kinds.All.Select(k => k.Resource).Concat(Reviews.Resources).Where(r => r.Group.Length > 0)
            .GroupBy(r => r.Group, StringComparer.Ordinal)
            .Select(g => (g.Key, (IReadOnlyList<string>)[.. g.Select(r => r.Version).Distinct(StringComparer.Ordinal).Order(KubeVersions.Newest)]));

    private static JsonObject Group(string name, IReadOnlyList<string> versions) => new()
    {
        ["name"] = name,
        ["versions"] = new JsonArray([.. versions.Select(v => GroupVersion(name, v))]),
        ["preferredVersion"] = GroupVersion(name, versions[0]),
    };

    private static JsonObject GroupVersion(string group, string version) => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };

    private static JsonObject Entry(ServedKind kind)
    {
        var resource = kind.Resource;
        IEnumerable<string> verbs = kind.Custom ? CustomVerbs : Verbs.Where(v => v != "deletecollection" || resource.GroupResource != NamespaceLifecycle.Namespaces);
        var entry = Entry(resource.Plural, resource, verbs);
        // Built-in resources had no singular name in discovery before 1.27.
        entry["singularName"] = kind.Custom ? resource.Singular : "";
        AddNames(entry, "shortNames", resource.ShortNames);
        AddNames(entry, "categories", resource.Categories);
        return entry;
    }

    private static JsonObject SubresourceEntry(ResourceDefinition resource, string sub)
    {
        var name = $"{resource.Plural}/{sub}";
        return sub switch
        {
            "binding" => Entry(name, resource with { Kind = "Binding" }, ["create"]),
            "token" => Foreign(Entry(name, resource with { Kind = "TokenRequest" }, ["create"]), "authentication.k8s.io", "v1"),
            "scale" => Foreign(Entry(name, resource with { Kind = "Scale" }, StatusVerbs), "autoscaling", "v1"),
            "finalize" => Entry(name, resource, ["update"]),
            _ => Entry(name, resource, StatusVerbs),
        };
    }

    private static JsonObject Entry(string name, ResourceDefinition resource, IEnumerable<string> verbs) => new()
    {
        ["name"] = name,
        ["singularName"] = "",
        ["namespaced"] = resource.Namespaced,
        ["kind"] = resource.Kind,
        ["verbs"] = new JsonArray([.. verbs.Select(v => JsonValue.Create(v))]),
    };

    private static JsonObject Foreign(JsonObject entry, string group, string version)
    {
        entry["group"] = group;
        entry["version"] = version;
        return entry;
    }

    private static void AddNames(JsonObject entry, string key, IReadOnlyList<string> names)
    {
        if (names.Count > 0)
        {
            entry[key] = new JsonArray([.. names.Select(n => JsonValue.Create(n))]);
        }
    }
}
