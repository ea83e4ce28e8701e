using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isthmus.System.Tests.Transcripts;

/// <summary>Reads an open watch line by line, each line one event.</summary>
internal sealed class WatchReading(Stream stream) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    private readonly StreamReader _reader = new(stream);
    private readonly List<JsonNode?> _events = [];
    private Task<string?>? _pending;

    /// <summary>Whether the server ended the stream.</summary>
    public bool Ended { get; private set; }

    public IReadOnlyList<JsonNode?> Events => _events;

    /// <summary>Reads until as many events came as asked for, leaving out bookmarks when <paramref name="skipBookmarks"/>.</summary>
    public async Task ReadAsync(int count, bool skipBookmarks)
    {
        while (_events.Count < count && await NextAsync(Patience, skipBookmarks))
        {
        }
    }

    /// <summary>Waits a moment for what must not come, or longer for the end that must come.</summary>
    public async Task ReadRestAsync(bool untilEnd, bool skipBookmarks)
    {
        while (await NextAsync(untilEnd ? Patience : Quiet, skipBookmarks))
        {
        }
    }

    public void Dispose() => _reader.Dispose();

    private async Task<bool> NextAsync(TimeSpan patience, bool skipBookmarks)
    {
        _pending ??= ReadLineAsync();
        if (Ended || await Task.WhenAny(_pending, Task.Delay(patience)) != _pending)
            return false;
        var line = await _pending;
        _pending = null;
        if (line is null)
        {
            Ended = true;
            return false;
        }

        if (line.Length == 0)
            return true;
        var happened = Parse(line);
        if (!skipBookmarks || (string?)happened?["type"] != "BOOKMARK")
            _events.Add(happened);
        return true;
    }

    private async Task<string?> ReadLineAsync()
    {
        try
        {
            return await _reader.ReadLineAsync();
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static JsonNode? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line);
        }
        catch (JsonException)
        {
            return JsonValue.Create(line);
        }
    }
}
