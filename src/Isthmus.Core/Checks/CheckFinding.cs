using Isthmus.Core.Mesh;

namespace Isthmus.Core.Checks;

/// <summary>One line of the preflight.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Cluster">The cluster that it is about.</param>
/// <param name="Subject">What was looked at: a word, or an object.</param>
/// <param name="What">What was found.</param>
/// <param name="ToDo">What to do about it; null where nothing is.</param>
public sealed record CheckFinding(CheckSeverity Severity, ClusterName Cluster, string Subject, string What, string? ToDo)
{
    public static CheckFinding Ok(ClusterName cluster, string subject, string what) => new(CheckSeverity.Ok, cluster, subject, what, null);

    public static CheckFinding Warning(ClusterName cluster, string subject, string what, string toDo) => new(CheckSeverity.Warning, cluster, subject, what, toDo);

    public static CheckFinding Error(ClusterName cluster, string subject, string what, string toDo) => new(CheckSeverity.Error, cluster, subject, what, toDo);
}
