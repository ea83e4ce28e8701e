using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Kinds;

/// <summary>
/// What one kind does beyond the generic verbs. The verbs call it in this order: <see cref="Default"/> after decoding,
/// mutating admission, <see cref="Default"/> again, <see cref="PrepareForCreate"/> or <see cref="PrepareForUpdate"/>,
/// <see cref="Validate"/> (and <see cref="ValidateUpdate"/>), validating admission, then the store.
/// Objects passed in are the verb's own copies and may be changed, except <c>old</c>.
/// </summary>
internal abstract class KindRules(ResourceDefinition resource)
{
    public ResourceDefinition Resource { get; } = resource;

    /// <summary>Whether DELETE answers the deleted object (Pod, Service, Namespace, …) instead of a Status.</summary>
    public virtual bool DeleteAnswersObject => false;

    /// <summary>Whether PUT of an object that is not there creates it.</summary>
    public virtual bool AllowCreateOnUpdate => false;

    /// <summary>Whether PUT without a resourceVersion overwrites; where not it is a 422 that demands one (<c>metadata.resourceVersion</c>).</summary>
    public virtual bool AllowUnconditionalUpdate => true;

    /// <summary>Fields that a field selector may name, beside metadata.name and metadata.namespace; value as a string, "" when unset.</summary>
    public virtual IReadOnlyDictionary<string, Func<JsonObject, string>> SelectableFields { get; } =
        new Dictionary<string, Func<JsonObject, string>>(StringComparer.Ordinal);

    /// <summary>The columns that kubectl shows, apart from the cell values.</summary>
    public abstract IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The cells of one row, in the order of <see cref="Columns"/>.</summary>
    public abstract JsonArray Cells(JsonObject obj, DateTimeOffset now);

    /// <summary>
    /// Unknown and duplicate fields, in Kubernetes' words (<c>unknown field "spec.foo"</c>), removed from <paramref name="obj"/>;
    /// a value of the wrong type throws <see cref="ApiStatusException"/> (400). The verb turns them into warnings or an error by fieldValidation.
    /// </summary>
    public virtual IReadOnlyList<string> Prune(JsonObject obj) => [];

    public virtual void Default(JsonObject obj)
    {
    }

    /// <summary>Resets what a client may not set (status, generation) and allocates (cluster IPs, node ports).</summary>
    public virtual void PrepareForCreate(JsonObject obj, KindServices services)
    {
    }

    /// <summary>Keeps what an update may not change (status outside the status subresource), bumps generation where the kind has one.</summary>
    public virtual void PrepareForUpdate(JsonObject obj, JsonObject old, string? subresource, KindServices services)
    {
    }

    public virtual IEnumerable<FieldError> Validate(JsonObject obj) => [];

    public virtual IEnumerable<FieldError> ValidateUpdate(JsonObject obj, JsonObject old, string? subresource) => [];

    /// <summary>Warnings that the API server sends with a successful write of this object.</summary>
    public virtual IEnumerable<string> Warnings(JsonObject obj) => [];
}

/// <summary>One column of a Table: Kubernetes' name, type (string, integer, date), format and priority (0 = shown by default).</summary>
internal sealed record TableColumn(string Name, string Type = "string", string Format = "", int Priority = 0, string Description = "");

/// <summary>What kinds allocate from, one a cluster.</summary>
internal sealed class KindServices(Func<string> nextClusterIp, Func<string, bool> claimClusterIp, Func<int> nextNodePort)
{
    public Func<string> NextClusterIp { get; } = nextClusterIp;

    /// <summary>Claims a chosen cluster IP; false when it is taken or outside the service range.</summary>
    public Func<string, bool> ClaimClusterIp { get; } = claimClusterIp;

    public Func<int> NextNodePort { get; } = nextNodePort;

    /// <summary>Claims a chosen node port; false when it is taken.</summary>
    public Func<int, bool> ClaimNodePort { get; init; } = _ => true;

    /// <summary>The CIDR that cluster IPs come from.</summary>
    public string ServiceRange { get; init; } = "10.96.0.0/16";
}
