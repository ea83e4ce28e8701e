using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Tests.Planning;

/// <summary>What clusters hold, in memory: applying a plan to it is what an API server would do.</summary>
internal sealed class FakeState : Dictionary<ObjectId, JsonObject>
{
    public static FakeState Of(Plan plan)
    {
        var state = new FakeState();
        state.Apply(plan);
        return state;
    }

    public void Apply(Plan plan)
    {
        foreach (var action in plan.Actions)
        {
            switch (action)
            {
                // Saying the same again is no second Event.
                case PlannedAction.Create create when create.Id.Kind == ResourceKind.Event:
                    TryAdd(action.Id, (JsonObject)create.Content.DeepClone());
                    break;
                case PlannedAction.Create create:
                    Add(action.Id, (JsonObject)create.Content.DeepClone());
                    break;
                case PlannedAction.Replace replace:
                    if (!ContainsKey(action.Id))
                        throw new InvalidOperationException($"{action.Id} is not there");
                    this[action.Id] = (JsonObject)replace.Content.DeepClone();
                    break;
                case PlannedAction.Delete:
                    if (!Remove(action.Id))
                        throw new InvalidOperationException($"{action.Id} is not there");
                    break;
                default:
                    break;
            }
        }
    }
}
