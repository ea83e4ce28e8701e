using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Verbs;

namespace Isthmus.Embedded.Discovery;

/// <summary>
/// OpenAPI as far as kubectl needs it: which kinds there are, and that their writes know <c>fieldValidation</c>
/// (kubectl then leaves the checking of fields to the server). The fields themselves are not described.
/// </summary>
internal sealed class OpenApiDocuments(KindRegistry kinds)
{
    /// <summary>The index of the version 3 documents, one a group and version.</summary>
    public JsonObject Index()
    {
        var paths = new JsonObject();
        foreach (var version in kinds.All.Select(k => k.Resource).Select(r => (r.Group, r.Version)).Distinct())
        {
            var path = version.Group.Length == 0 ? $"api/{version.Version}" : $"apis/{version.Group}/{version.Version}";
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}" };
        }
        paths["version"] = new JsonObject { ["serverRelativeURL"] = "/openapi/v3/version" };
        return new JsonObject { ["paths"] = paths };
    }

    /// <summary>The version 3 document of one group and version (<c>api/v1</c>, <c>apis/apps/v1</c>); null where nothing is served.</summary>
    public JsonObject? Document(string path)
    {
        var served = kinds.All.Where(k => Prefix(k.Resource) == "/" + path).ToList();
        if (served.Count == 0 && path != "version")
        {
            return null;
        }
        var paths = new JsonObject();
        var schemas = new JsonObject();
        foreach (var kind in served)
        {
            AddPaths(paths, kind.Resource);
            schemas[SchemaName(kind.Resource)] = Schema(kind.Resource);
        }
        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = Title(),
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    public JsonObject Swagger()
    {
        var paths = new JsonObject();
        var definitions = new JsonObject();
        foreach (var kind in kinds.All)
        {
            definitions[SchemaName(kind.Resource)] = Schema(kind.Resource);
        }
        return new JsonObject { ["swagger"] = "2.0", ["info"] = Title(), ["paths"] = paths, ["definitions"] = definitions };
    }

    private static JsonObject Title() => new() { ["title"] = "Kubernetes", ["version"] = "v1.26.4" };

    private static void AddPaths(JsonObject paths, ResourceDefinition resource)
    {
        var collection = resource.Namespaced ? $"{Prefix(resource)}/namespaces/{{namespace}}/{resource.Plural}" : $"{Prefix(resource)}/{resource.Plural}";
        paths[collection] = new JsonObject { ["get"] = Operation(resource, "list"), ["post"] = Operation(resource, "post") };
        paths[$"{collection}/{{name}}"] = new JsonObject
        {
            ["get"] = Operation(resource, "get"),
            ["put"] = Operation(resource, "put"),
            ["patch"] = Operation(resource, "patch"),
            ["delete"] = Operation(resource, "delete"),
        };
    }

    private static JsonObject Operation(ResourceDefinition resource, string action)
    {
        var parameters = new JsonArray();
        if (action is "post" or "put" or "patch")
        {
            foreach (var name in (ReadOnlySpan<string>)["dryRun", "fieldManager", "fieldValidation"])
            {
                parameters.Add(new JsonObject { ["name"] = name, ["in"] = "query", ["schema"] = new JsonObject { ["type"] = "string" } });
            }
        }
        return new JsonObject
        {
            ["operationId"] = $"{action}{resource.Group}{resource.Version}{resource.Kind}",
            ["parameters"] = parameters,
            ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = GroupVersionKind(resource),
        };
    }

    private static JsonObject Schema(ResourceDefinition resource) => new()
    {
        ["type"] = "object",
        ["x-kubernetes-preserve-unknown-fields"] = true,
        ["x-kubernetes-group-version-kind"] = new JsonArray(GroupVersionKind(resource)),
    };

    private static JsonObject GroupVersionKind(ResourceDefinition resource) =>
        new() { ["group"] = resource.Group, ["version"] = resource.Version, ["kind"] = resource.Kind };

    private static string Prefix(ResourceDefinition resource) =>
        resource.Group.Length == 0 ? $"/api/{resource.Version}" : $"/apis/{resource.Group}/{resource.Version}";

    private static string SchemaName(ResourceDefinition resource) =>
        string.Join('.', ((string[])[.. resource.Group.Split('.').Reverse(), resource.Version, resource.Kind]).Where(p => p.Length > 0));
}
