using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>The write that an event told of: it may not have landed yet when the event arrives.</summary>
/// <param name="Operation">CREATE, UPDATE or DELETE.</param>
/// <param name="Uid">The object's uid; null on CREATE.</param>
/// <param name="OldResourceVersion">The resourceVersion before the write; null on CREATE.</param>
public sealed record ExpectedWrite(ClusterName Cluster, string Operation, string? Uid, string? OldResourceVersion);
