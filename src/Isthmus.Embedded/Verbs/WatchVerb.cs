using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Isthmus.Embedded.Api;
using Isthmus.Embedded.Storage;

namespace Isthmus.Embedded.Verbs;

/// <summary>One event of a watch. <see cref="Object"/> is a Status for type ERROR.</summary>
internal sealed record WatchEvent(string Type, JsonObject Object);

/// <summary>watch: events from a revision on, with Kubernetes' rules for objects that enter or leave the selection.</summary>
internal sealed class WatchVerb(ObjectStore store, TimeProvider time)
{
    /// <summary>API servers send the last bookmark about two seconds before the watch ends, and one a minute.</summary>
    private static readonly TimeSpan BookmarkBeforeEnd = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BookmarkEvery = TimeSpan.FromMinutes(1);

    /// <summary>Checks the request, so that its errors are answered as such; the events come when enumerated.</summary>
    public IAsyncEnumerable<WatchEvent> Start(ApiCall call)
    {
        var options = ListOptions.Read(call.Query, watch: true);
        var filter = ObjectFilter.Read(call);
        if (call.Name is { Length: > 0 } name)
        {
            filter = filter with { Fields = FieldSelector.Parse($"metadata.name={name}", call.Kind) };
        }
        var seconds = call.Query.Integer("timeoutSeconds");
        return Events(call, filter, options.Revision, seconds, call.Cancellation);
    }

    private async IAsyncEnumerable<WatchEvent> Events(
        ApiCall call, ObjectFilter filter, long? from, long? seconds, [EnumeratorCancellation] CancellationToken cancellation)
    {
        StoreSubscription? subscription;
        if (from is null or 0)
        {
            (var snapshot, subscription) = store.ListAndSubscribe(call.Resource.GroupResource, call.Namespace);
            foreach (var obj in snapshot.Items.Where(filter.Matches))
            {
                yield return new WatchEvent("ADDED", call.Kind.View(obj));
            }
        }
        else
        {
            subscription = store.Subscribe(call.Resource.GroupResource, from.Value);
            if (subscription is null)
            {
                yield return TooOld(from.Value);
                yield break;
            }
        }
        using (subscription)
        {
            var end = seconds is > 0 ? time.GetUtcNow() + TimeSpan.FromSeconds(seconds.Value) : DateTimeOffset.MaxValue;
            var bookmark = call.Query.Flag("allowWatchBookmarks") ? NextBookmark(end) : DateTimeOffset.MaxValue;
            var reading = subscription.Events.WaitToReadAsync(cancellation).AsTask();
            while (true)
            {
                var happened = await WaitAsync(reading, end < bookmark ? end : bookmark, cancellation).ConfigureAwait(false);
                if (!happened)
                {
                    var now = time.GetUtcNow();
                    if (now >= end)
                    {
                        yield break;
                    }
                    if (now < bookmark)
                    {
                        // A timer may fire a moment early.
                        continue;
                    }
                    // The revision is read before the backlog: with nothing waiting, all up to it has been sent.
                    var revision = store.Revision;
                    if (!subscription.Events.TryPeek(out _))
                    {
                        yield return Bookmark(call.Kind, revision);
                        bookmark = NextBookmark(end, after: true);
                    }
                    continue;
                }
                if (!await reading.ConfigureAwait(false))
                {
                    yield break;
                }
                while (subscription.Events.TryRead(out var stored))
                {
                    if (Translate(call.Kind, filter, stored) is { } shown)
                    {
                        yield return shown;
                    }
                }
                reading = subscription.Events.WaitToReadAsync(cancellation).AsTask();
            }
        }
    }

    private DateTimeOffset NextBookmark(DateTimeOffset end, bool after = false)
    {
        var now = time.GetUtcNow();
        var last = end == DateTimeOffset.MaxValue ? end : end - BookmarkBeforeEnd;
        if (last <= now)
        {
            return after ? DateTimeOffset.MaxValue : now;
        }
        return last < now + BookmarkEvery ? last : now + BookmarkEvery;
    }

    /// <summary>Whether something can be read before the deadline.</summary>
    private async Task<bool> WaitAsync(Task<bool> reading, DateTimeOffset deadline, CancellationToken cancellation)
    {
        if (reading.IsCompleted || deadline == DateTimeOffset.MaxValue)
        {
            await reading.ConfigureAwait(false);
            return true;
        }
        var left = deadline - time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            return false;
        }
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var finished = await Task.WhenAny(reading, Task.Delay(left, time, timer.Token)).ConfigureAwait(false);
        await timer.CancelAsync().ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return finished == reading;
    }

    private static WatchEvent? Translate(ServedKind kind, ObjectFilter filter, StoreEvent stored)
    {
        var isIn = stored.Kind != StoreEventKind.Deleted && filter.Matches(stored.Object);
        var wasIn = stored.Previous is not null && filter.Matches(stored.Previous);
        if (!isIn && !wasIn)
        {
            return null;
        }
        if (isIn)
        {
            return new WatchEvent(wasIn ? "MODIFIED" : "ADDED", kind.View(stored.Object));
        }
        // What leaves the selection is shown as it last was in it, at the revision of its leaving.
        var last = (stored.Previous ?? stored.Object).Copy();
        last.Metadata()["resourceVersion"] = stored.Revision.ToString(CultureInfo.InvariantCulture);
        return new WatchEvent("DELETED", kind.View(last));
    }

    // An object with nothing in it but the revision; Go's zero values are in it all the same.
    private static WatchEvent Bookmark(ServedKind kind, long revision)
    {
        var empty = new JsonObject { ["kind"] = kind.Resource.Kind, ["apiVersion"] = kind.Resource.ApiVersion };
        if (!kind.Custom)
        {
            kind.Rules.Prune(empty);
        }
        empty["metadata"] = new JsonObject { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null };
        return new WatchEvent("BOOKMARK", empty);
    }

    private WatchEvent TooOld(long from) => new("ERROR", new JsonObject
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = $"too old resource version: {from} ({store.Oldest})",
        ["reason"] = "Expired",
        ["code"] = 410,
    });
}
