using System.Text.Json.Nodes;

namespace Isthmus.Embedded.PrivateDns;

/// <summary>Resources by their path below the resource group's private zones, such as <c>shop.global/A/reviews</c>; names in any case, as ARM has it.</summary>
internal sealed class PrivateDnsStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, JsonObject> _resources = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (int Polls, Func<ArmAnswer> Act)> _operations = [];
    private long _revision;

    public JsonObject? Find(string path)
    {
        lock (_lock)
            return _resources.GetValueOrDefault(path)?.DeepClone() as JsonObject;
    }

    /// <summary>The resources right below a path.</summary>
    public IReadOnlyList<JsonObject> Below(string path)
    {
        lock (_lock)
        {
            return
            [
                .. _resources.Where(entry => entry.Key.StartsWith(path, StringComparison.OrdinalIgnoreCase) && !entry.Key[path.Length..].Contains('/', StringComparison.Ordinal))
                    .Select(entry => (JsonObject)entry.Value.DeepClone()),
            ];
        }
    }

    /// <summary>Runs a change at once, as no other does meanwhile.</summary>
    public T Change<T>(Func<SortedDictionary<string, JsonObject>, T> change)
    {
        lock (_lock)
            return change(_resources);
    }

    public string NextETag() => Guid.NewGuid().ToString("D") + Interlocked.Increment(ref _revision);

    /// <summary>Puts a change off until it was asked for some times; returns the operation's name.</summary>
    public string Begin(int polls, Func<ArmAnswer> act)
    {
        var name = Guid.NewGuid().ToString("N");
        lock (_lock)
            _operations[name] = (polls, act);
        return name;
    }

    /// <summary>How an operation stands: null where there is none of this name; a body with its status otherwise.</summary>
    public JsonObject? Poll(string name)
    {
        (int Polls, Func<ArmAnswer> Act) operation;
        lock (_lock)
        {
            if (!_operations.TryGetValue(name, out operation))
                return null;
            _operations[name] = operation with { Polls = operation.Polls - 1 };
        }

        if (operation.Polls > 0)
            return new JsonObject { ["status"] = "InProgress" };
        lock (_lock)
            _operations.Remove(name);
        var answer = operation.Act();
        var outcome = new JsonObject { ["status"] = answer.Status < 400 ? "Succeeded" : "Failed" };
        if (answer.Body?["error"] is { } error)
            outcome["error"] = error.DeepClone();
        return outcome;
    }

    public string Describe()
    {
        lock (_lock)
        {
            return string.Join('\n', _resources.Where(entry => !entry.Key.EndsWith("/SOA/@", StringComparison.Ordinal))
                .Select(entry => $"{entry.Key} {entry.Value["tags"]?.ToJsonString()} {entry.Value["properties"]?.ToJsonString()}"));
        }
    }
}
