using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Planning;

/// <summary>What is to happen to one object. What is left alone is stated too, with the reason where there is one.</summary>
public abstract record PlannedAction
{
    private PlannedAction(ObjectId id) => Id = id;

    public ObjectId Id { get; }

    /// <summary>Whether anything is sent to the cluster.</summary>
    public bool IsWrite => this is Create or Replace or Delete;

    /// <summary>Whether it records on a Service what objects elsewhere are derived from, and so comes before them.</summary>
    public bool IsClaim => this is Replace && Id.Kind == ResourceKind.Service;

    /// <summary>Whether it tells a ServiceExport what became of it, and so comes after everything else, in all clusters.</summary>
    public bool IsVerdict => this is Replace && Id.Kind.Kind == ResourceKind.ServiceExport.Kind;

    // Contents are held as text: the first run of a large mesh plans tens of thousands of objects.
    public sealed record Create : PlannedAction
    {
        private readonly PackedJson _content;

        public Create(ObjectId id, JsonObject content)
            : base(id) => (_content, IsOfPods) = (new PackedJson(content), IsPart(content));

        public JsonObject Content => _content.Unpack();

        /// <summary>Whether it belongs to the names of single pods.</summary>
        internal bool IsOfPods { get; }
    }

    public sealed record Replace : PlannedAction
    {
        private readonly PackedJson _live;
        private readonly PackedJson _content;

        public Replace(ObjectId id, JsonObject live, JsonObject content)
            : base(id) => (_live, _content) = (new PackedJson(live), new PackedJson(content));

        /// <summary>What was observed; its resourceVersion goes with the write.</summary>
        public JsonObject Live => _live.Unpack();

        /// <summary>The whole object as it is to be.</summary>
        public JsonObject Content => _content.Unpack();
    }

    public sealed record Delete : PlannedAction
    {
        private readonly PackedJson _live;

        public Delete(ObjectId id, JsonObject live)
            : base(id) => (_live, IsOfPods) = (new PackedJson(live), IsPart(live));

        public JsonObject Live => _live.Unpack();

        /// <summary>Whether it belongs to the names of single pods.</summary>
        internal bool IsOfPods { get; }
    }

    public sealed record Unchanged(ObjectId Id) : PlannedAction(Id);

    public sealed record Skipped(ObjectId Id, string Reason) : PlannedAction(Id);

    private static bool IsPart(JsonObject obj) => obj.Label(FederationNames.PodLabel) is not null || obj.Label(FederationNames.SubsetsLabel) is not null;
}
