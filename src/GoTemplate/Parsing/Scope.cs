namespace GoTemplate.Parsing;

/// <summary>
/// The variables of one template body. Go looks a variable up twice: the parser among all names declared so far, the executor on a
/// stack onto which a name is pushed after its pipeline ran. Here the second look-up is made at parse time, too.
/// </summary>
internal sealed class Scope
{
    private readonly List<Entry> _entries = [new Entry("$", 0) { Live = true }];

    /// <summary>The number of slots that an execution of the body needs.</summary>
    public int Slots { get; private set; } = 1;

    public int Mark => _entries.Count;

    /// <summary>Makes a name known; it can be read only once it is live.</summary>
    public int Declare(string name)
    {
        var slot = Slots++;
        _entries.Add(new Entry(name, slot));
        return slot;
    }

    /// <summary>An assignment makes the parser accept the name and declares nothing.</summary>
    public void Mention(string name) => _entries.Add(new Entry(name, -1));

    public void MakeLive(int mark)
    {
        foreach (var entry in _entries.Skip(mark)) entry.Live = entry.Slot >= 0;
    }

    /// <summary>The executor has left a body; the parser still knows its names.</summary>
    public void Kill(int mark)
    {
        foreach (var entry in _entries.Skip(mark)) entry.Live = false;
    }

    public void Forget(int mark) => _entries.RemoveRange(mark, _entries.Count - mark);

    public bool Knows(string name) => _entries.Exists(e => e.Name == name);

    /// <summary>The slot that the executor reads, or -1 where it finds the variable undefined.</summary>
    public int Resolve(string name) => _entries.FindLast(e => e.Live && e.Name == name)?.Slot ?? -1;

    private sealed class Entry(string name, int slot)
    {
        public string Name => name;

        public int Slot => slot;

        public bool Live { get; set; }
    }
}
