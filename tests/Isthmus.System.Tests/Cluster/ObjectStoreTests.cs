using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Storage;
using Xunit;

namespace Isthmus.System.Tests.Cluster;

/// <summary>The store: conditional writes, history, and the state at any revision.</summary>
public sealed class ObjectStoreTests
{
    private const string Things = "things";

    [Fact]
    public void A_write_from_a_stale_state_is_refused()
    {
        var store = new ObjectStore();
        var first = Assert.IsType<JsonObject>(store.Create(Key("a"), Thing("a", 1)));
        Assert.NotNull(store.Replace(Key("a"), first, Thing("a", 2)));

        Assert.Null(store.Replace(Key("a"), first, Thing("a", 3)));
        Assert.Null(store.Delete(Key("a"), first));
        Assert.Null(store.Create(Key("a"), Thing("a", 4)));
    }

    [Fact]
    public void A_reader_that_falls_behind_is_cut_off()
    {
        var store = new ObjectStore();
        using var subscription = store.Subscribe(Things, store.Revision);
        var current = store.Create(Key("a"), Thing("a", 0));
        for (var i = 1; i <= 20_001 && current is not null; i++)
        {
            current = store.Replace(Key("a"), current, Thing("a", i));
        }

        var read = 0;
        while (subscription?.Events.TryRead(out _) == true)
        {
            read++;
        }
        Assert.True(subscription?.Events.Completion.IsCompleted);
        Assert.Equal(20_000, read);
    }

    [Fact]
    public void Every_past_state_can_be_listed_again() => Gen.Select(Gen.Int[0, 4], Gen.Int[0, 2]).Array[0, 40].Sample(steps =>
    {
        var store = new ObjectStore();
        var states = new Dictionary<long, string> { [store.Revision] = State(store.List(Things)) };
        foreach (var (name, action) in steps)
        {
            Write(store, $"n{name}", action);
            states[store.Revision] = State(store.List(Things));
        }
        Assert.All(states, s => Assert.Equal(s.Value, State(store.ListAt(Things, null, s.Key))));
    });

    [Fact]
    public void History_ends_where_it_was_forgotten()
    {
        var store = new ObjectStore(historyLimit: 2);
        var start = store.Revision;
        for (var i = 0; i < 4; i++)
        {
            store.Create(Key($"n{i}"), Thing($"n{i}", i));
        }

        Assert.Null(store.Subscribe(Things, start));
        Assert.Null(store.ListAt(Things, null, start + 1));
        using var subscription = store.Subscribe(Things, start + 2);
        Assert.NotNull(subscription);
    }

    private static void Write(ObjectStore store, string name, int action)
    {
        var current = store.Get(Key(name));
        if (current is null)
        {
            store.Create(Key(name), Thing(name, action));
        }
        else if (action == 0)
        {
            store.Delete(Key(name), current);
        }
        else
        {
            store.Replace(Key(name), current, Thing(name, action));
        }
    }

    private static string State(StoreSnapshot? snapshot) => string.Join("\n", snapshot?.Items.Select(i => i.ToJsonString()) ?? ["(forgotten)"]);

    private static ObjectKey Key(string name) => new(Things, "", name);

    private static JsonObject Thing(string name, int value) => new() { ["metadata"] = new JsonObject { ["name"] = name }, ["value"] = value };
}
