using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Planning;

/// <summary>An object as it should be, without what the server adds.</summary>
public readonly record struct DesiredObject(ObjectId Id, JsonObject Content);

/// <summary>From what should be and what is to what has to happen. It knows no owners: <see cref="Plan.OwnedOnly"/> does.</summary>
public static class PlanDiff
{
    /// <summary>
    /// Observed objects that nobody desires are deleted where <paramref name="mayDelete"/> (all of them unless given).
    /// What is desired is taken one at a time and not kept where it stands already: in a full run it is the largest part of memory.
    /// </summary>
    public static Plan Compute(IEnumerable<DesiredObject> desired, IEnumerable<ObservedObject> observed, Predicate<ObservedObject>? mayDelete = null)
    {
        var live = new Dictionary<ObjectId, ObservedObject>();
        foreach (var found in observed)
            live[found.Id] = found;
        var actions = new List<PlannedAction>();
        var wanted = new HashSet<ObjectId>();
        foreach (var (id, content) in desired)
        {
            wanted.Add(id);
            actions.Add(live.TryGetValue(id, out var found) ? Act(found, content) : new PlannedAction.Create(id, ObjectMerge.WithoutNulls(content)));
        }

        foreach (var found in live.Values.Where(found => !wanted.Contains(found.Id)))
        {
            if (!found.Live.IsTerminating() && mayDelete?.Invoke(found) != false)
                actions.Add(new PlannedAction.Delete(found.Id, found.Live));
        }

        return new Plan(actions);
    }

    /// <summary>The step from one whole object to another, where <paramref name="content"/> was made out of <paramref name="live"/>.</summary>
    public static PlannedAction Step(ObjectId id, JsonObject live, JsonObject content) =>
        // A copy is compared: JSON off the wire stays small until it is walked through, and what was observed is held to the end.
        JsonNode.DeepEquals(live.DeepClone(), content) ? new PlannedAction.Unchanged(id) : new PlannedAction.Replace(id, live, content);

    private static PlannedAction Act(ObservedObject found, JsonObject content)
    {
        if (!ObjectMerge.HasServerFields(found.Id.Kind) && found.IsInPlace(content))
            return new PlannedAction.Unchanged(found.Id);
        var live = found.Live;
        return live.IsTerminating() ? new PlannedAction.Skipped(found.Id, "is being deleted") : Step(found.Id, live, ObjectMerge.Merge(found.Id.Kind, live, content));
    }
}
