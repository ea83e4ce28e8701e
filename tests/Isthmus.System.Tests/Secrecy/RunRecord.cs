using System.Collections.Concurrent;
using Xunit;

namespace Isthmus.System.Tests.Secrecy;

/// <summary>
/// What this whole test run put out: logs, events, objects in clusters, answers of functions, output of commands, texts of
/// exceptions. And the secrets that were on the way meanwhile, so that one may be looked for in the other.
/// </summary>
internal static class RunRecord
{
    // The last so many stay to the end: a secret may be put out a moment before it is learned.
    private const int Kept = 20_000, Batch = 5_000;

    private static readonly ConcurrentQueue<Output> Outputs = new();
    private static readonly ConcurrentDictionary<string, bool> Found = new();
    private static readonly Lock Searching = new();
    private static int _searched;
    private static readonly ConcurrentDictionary<string, string> Secrets = new();
    private static ConcurrentQueue<Output>? _apart;

    public static int Count => _searched + Outputs.Count;

    public static int SecretCount => Secrets.Count;

    /// <summary>Keeps a text that anybody might read.</summary>
    public static void Add(string kind, string? text)
    {
        if (string.IsNullOrEmpty(text))
            return;
        (Volatile.Read(ref _apart) ?? Outputs).Enqueue(new Output(kind, TestContext.Current.Test?.TestDisplayName ?? "", text));
        if (Outputs.Count > Kept + Batch && Searching.TryEnter())
        {
            try
            {
                Search(Batch);
            }
            finally
            {
                Searching.Exit();
            }
        }
    }

    /// <summary>Notes a secret: a key, a token, or a file with some of them in it.</summary>
    public static void Learn(string kind, string? text)
    {
        foreach (var secret in SecretSearch.SecretsIn(text ?? ""))
            Secrets.TryAdd(secret, kind);
    }

    /// <summary>What is put out meanwhile, apart from the whole run's; the action may ask for what there is so far.</summary>
    public static async Task<string> DuringAsync(Func<Func<string>, Task> action)
    {
        var apart = new ConcurrentQueue<Output>();
        Volatile.Write(ref _apart, apart);
        try
        {
            await action(() => Joined(apart));
        }
        finally
        {
            Volatile.Write(ref _apart, null);
        }

        return Joined(apart);
    }

    /// <summary>Where a secret stands in what was put out; the texts themselves are not told.</summary>
    public static IReadOnlyList<string> Search()
    {
        lock (Searching)
            Search(int.MaxValue);
        return [.. Found.Keys.Order(StringComparer.Ordinal)];
    }

    private static void Search(int most)
    {
        var search = new SecretSearch(Secrets);
        for (var number = 0; number < most && Outputs.TryDequeue(out var output); number++)
        {
            _searched++;
            foreach (var what in search.Find(output.Text))
                Found.TryAdd($"{output.Kind} ({output.Test}): {what}", true);
        }
    }

    private static string Joined(IEnumerable<Output> outputs) => string.Join('\n', outputs.Select(output => SecretSearch.Plain(output.Text)));

    private sealed record Output(string Kind, string Test, string Text);
}
