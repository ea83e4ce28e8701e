namespace Isthmus.Core.Planning;

/// <summary>How much a plan does.</summary>
public readonly record struct PlanSummary(int Create, int Change, int Delete, int Skip, int Unchanged)
{
    public int Writes => Create + Change + Delete;

    public static PlanSummary Of(IEnumerable<PlannedAction> actions)
    {
        var summary = default(PlanSummary);
        foreach (var action in actions)
        {
            summary = action switch
            {
                PlannedAction.Create => summary with { Create = summary.Create + 1 },
                PlannedAction.Replace => summary with { Change = summary.Change + 1 },
                PlannedAction.Delete => summary with { Delete = summary.Delete + 1 },
                PlannedAction.Skipped => summary with { Skip = summary.Skip + 1 },
                PlannedAction.Unchanged => summary with { Unchanged = summary.Unchanged + 1 },
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }

        return summary;
    }

    public override string ToString() => $"{Create} to create, {Change} to change, {Delete} to delete, {Skip} skipped, {Unchanged} as it should be";
}
