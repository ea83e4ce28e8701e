namespace Isthmus.Runtime.EventGrid;

/// <summary>Cuts what is to be published into requests that Event Grid takes: at most 1 MB and 5,000 events each.</summary>
internal static class EventBatches
{
    private const int MaxEvents = 5000;

    // A little below the megabyte: sizes are estimated, and the request's own brackets and commas count too.
    private const int MaxBytes = 950_000;

    public static IEnumerable<IReadOnlyList<T>> Split<T>(IEnumerable<T> items, Func<T, int> bytes)
    {
        var batch = new List<T>();
        var size = 0;
        foreach (var item in items)
        {
            var more = bytes(item);
            if (batch.Count > 0 && (size + more > MaxBytes || batch.Count == MaxEvents))
            {
                yield return batch;
                (batch, size) = ([], 0);
            }

            batch.Add(item);
            size += more;
        }

        if (batch.Count > 0)
            yield return batch;
    }
}
