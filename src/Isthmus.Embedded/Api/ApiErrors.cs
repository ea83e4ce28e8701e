using System.Text.Json.Nodes;
using Isthmus.Embedded.Kinds;

namespace Isthmus.Embedded.Api;

/// <summary>The Status errors of the generic verbs, worded as Kubernetes words them.</summary>
internal static class ApiErrors
{
    public static ApiStatusException NotFound(ResourceDefinition resource, string name) =>
        new(404, "NotFound", $"{resource.GroupResource} \"{name}\" not found", Details(resource, name));

    /// <summary>The generic 404 of a path that leads to no resource.</summary>
    public static ApiStatusException NoSuchResource() =>
        new(404, "NotFound", "the server could not find the requested resource", []);

    public static ApiStatusException AlreadyExists(ResourceDefinition resource, string name, bool beingDeleted) =>
        new(409, "AlreadyExists", $"{(beingDeleted ? "object is being deleted: " : "")}{resource.GroupResource} \"{name}\" already exists", Details(resource, name));

    public static ApiStatusException Conflict(ResourceDefinition resource, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {resource.GroupResource} \"{name}\": {why}", Details(resource, name));

    public static ApiStatusException Modified(ResourceDefinition resource, string name) =>
        Conflict(resource, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiStatusException BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiStatusException MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", []);

    /// <summary>The 405 of custom resources, which names the verb.</summary>
    public static ApiStatusException VerbNotSupported(ResourceDefinition resource, string verb) =>
        new(405, "MethodNotAllowed", $"{verb} is not supported on resources of kind \"{resource.GroupResource}\"", Details(resource, ""));

    public static ApiStatusException UnsupportedMediaType() =>
        new(415, "UnsupportedMediaType", "415: Unsupported Media Type", []);

    public static ApiStatusException Forbidden(ResourceDefinition resource, string name, string why, JsonArray? causes = null)
    {
        var details = Details(resource, name);
        if (causes is not null)
        {
            details["causes"] = causes;
        }
        return new(403, "Forbidden", $"{resource.GroupResource} \"{name}\" is forbidden: {why}", details);
    }

    /// <summary>A failure that Kubernetes answers as a bare 500 without a reason.</summary>
    public static ApiStatusException Internal(string message) => new(500, "", message);

    public static ApiStatusException Invalid(string group, string kind, string name, IReadOnlyCollection<FieldError> errors)
    {
        var texts = errors.Select(e => $"{e.Field}: {e.Message}").Distinct(StringComparer.Ordinal).ToList();
        var text = texts.Count == 1 ? texts[0] : $"[{string.Join(", ", texts)}]";
        var details = new JsonObject();
        Put(details, "name", name);
        Put(details, "group", group);
        Put(details, "kind", kind);
        details["causes"] = new JsonArray([.. errors.Select(e => new JsonObject { ["reason"] = e.Reason, ["message"] = e.Message, ["field"] = e.Field })]);
        return new(422, "Invalid", $"{(group.Length == 0 ? kind : $"{kind}.{group}")} \"{name}\" is invalid: {text}", details);
    }

    public static ApiStatusException Invalid(ResourceDefinition resource, string name, IReadOnlyCollection<FieldError> errors) =>
        Invalid(resource.Group, resource.Kind, name, errors);

    /// <summary>A patch whose result is no object of the kind (Kubernetes prints an Invalid without kind or name).</summary>
    public static ApiStatusException InvalidPatch(string value, string why) =>
        Invalid("", "", "", [new FieldError("FieldValueInvalid", "patch", $"Invalid value: \"{value}\": {why}")]);

    private static JsonObject Details(ResourceDefinition resource, string name)
    {
        var details = new JsonObject();
        Put(details, "name", name);
        Put(details, "group", resource.Group);
        details["kind"] = resource.Plural;
        return details;
    }

    private static void Put(JsonObject details, string key, string value)
    {
        if (value.Length > 0)
        {
            details[key] = value;
        }
    }
}
