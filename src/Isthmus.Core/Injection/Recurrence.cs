namespace Isthmus.Core.Injection;

/// <summary>
/// Tells what comes a second time, by hash, so that a cache keeps only that: what is kept and never used again costs more in the garbage
/// collector than it saves. A clash of hashes keeps something too many, which does no harm.
/// </summary>
internal sealed class Recurrence
{
    private readonly int[] _hashes = new int[1024];

    /// <summary>Whether this hash was the last one seen in its place. Safe to call from many threads.</summary>
    public bool Seen(int hash) => Interlocked.Exchange(ref _hashes[hash & (_hashes.Length - 1)], hash) == hash;
}
