using System.Collections.Immutable;

namespace Isthmus.Core.Planning;

/// <summary>What became of one line.</summary>
public enum LineChange
{
    Kept,
    Removed,
    Added,
}

/// <summary>One line of a diff.</summary>
public readonly record struct DiffLine(LineChange Change, string Text);

/// <summary>A run of changed lines with what stands around it. Line numbers count from 1, as in a unified diff.</summary>
public sealed record DiffHunk(int OldStart, int OldCount, int NewStart, int NewCount, ImmutableArray<DiffLine> Lines)
{
    /// <summary>The hunk's heading in a unified diff.</summary>
    public string Heading => $"@@ -{OldStart},{OldCount} +{NewStart},{NewCount} @@";
}

/// <summary>The shortest way from one text to another, line by line (Myers' greedy algorithm).</summary>
public static class LineDiff
{
    // The work grows with the square of the difference. Beyond this many changed lines nobody reads which of them moved.
    private const int MostEdits = 1500;

    /// <summary>Every line of both texts, in order.</summary>
    public static ImmutableArray<DiffLine> Compute(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var head = 0;
        while (head < before.Count && head < after.Count && before[head] == after[head])
            head++;
        var tail = 0;
        while (tail < before.Count - head && tail < after.Count - head && before[before.Count - 1 - tail] == after[after.Count - 1 - tail])
            tail++;
        var left = before.Skip(head).Take(before.Count - head - tail).ToArray();
        var right = after.Skip(head).Take(after.Count - head - tail).ToArray();
        return
        [
            .. before.Take(head).Select(line => new DiffLine(LineChange.Kept, line)),
            .. Middle(left, right),
            .. before.Skip(before.Count - tail).Select(line => new DiffLine(LineChange.Kept, line)),
        ];
    }

    /// <summary>The changed parts alone, each with up to <paramref name="around"/> kept lines before and after it.</summary>
    public static IEnumerable<DiffHunk> Hunks(ImmutableArray<DiffLine> lines, int around = 3)
    {
        var changed = lines.Index().Where(line => line.Item.Change != LineChange.Kept).Select(line => line.Index).ToList();
        var (oldLine, newLine, at) = (1, 1, 0);
        for (var first = 0; first < changed.Count;)
        {
            var last = first;
            while (last + 1 < changed.Count && changed[last + 1] - changed[last] <= 2 * around + 1)
                last++;
            var start = Math.Max(at, changed[first] - around);
            var end = Math.Min(lines.Length, changed[last] + around + 1);
            // What lies between two hunks is kept in both texts.
            (oldLine, newLine) = (oldLine + start - at, newLine + start - at);
            var part = lines[start..end];
            var (oldCount, newCount) = (part.Count(line => line.Change != LineChange.Added), part.Count(line => line.Change != LineChange.Removed));
            yield return new DiffHunk(oldCount == 0 ? oldLine - 1 : oldLine, oldCount, newCount == 0 ? newLine - 1 : newLine, newCount, part);
            (oldLine, newLine, at, first) = (oldLine + oldCount, newLine + newCount, end, last + 1);
        }
    }

    private static IEnumerable<DiffLine> Middle(string[] before, string[] after)
    {
        if (before.Length > 0 && after.Length > 0 && Trace(before, after) is { } trace)
            return Walk(before, after, trace);
        return before.Select(line => new DiffLine(LineChange.Removed, line)).Concat(after.Select(line => new DiffLine(LineChange.Added, line)));
    }

    /// <summary>For each number of edits, how far each diagonal reaches with fewer; null where the texts differ too much.</summary>
    private static List<int[]>? Trace(string[] before, string[] after)
    {
        var most = Math.Min(before.Length + after.Length, MostEdits);
        var reach = new int[2 * most + 3];
        var offset = most + 1;
        var trace = new List<int[]>();
        for (var edits = 0; edits <= most; edits++)
        {
            // Only the diagonals that these edits can reach are remembered.
            trace.Add(reach[(offset - edits - 1)..(offset + edits + 2)]);
            for (var k = -edits; k <= edits; k += 2)
            {
                var isDown = k == -edits || (k != edits && reach[offset + k - 1] < reach[offset + k + 1]);
                var x = isDown ? reach[offset + k + 1] : reach[offset + k - 1] + 1;
                while (x < before.Length && x - k < after.Length && before[x] == after[x - k])
                    x++;
                reach[offset + k] = x;
                if (x >= before.Length && x - k >= after.Length)
                    return trace;
            }
        }

        return null;
    }

    private static Stack<DiffLine> Walk(string[] before, string[] after, List<int[]> trace)
    {
        var lines = new Stack<DiffLine>();
        var (x, y) = (before.Length, after.Length);
        for (var edits = trace.Count - 1; edits > 0; edits--)
        {
            var (reach, offset, k) = (trace[edits], edits + 1, x - y);
            var isDown = k == -edits || (k != edits && reach[offset + k - 1] < reach[offset + k + 1]);
            var previous = isDown ? k + 1 : k - 1;
            var (fromX, fromY) = (reach[offset + previous], reach[offset + previous] - previous);
            while (x > fromX && y > fromY)
                (x, y) = Keep(lines, before, x, y);
            lines.Push(isDown ? new DiffLine(LineChange.Added, after[--y]) : new DiffLine(LineChange.Removed, before[--x]));
        }

        while (x > 0)
            (x, y) = Keep(lines, before, x, y);
        return lines;
    }

    private static (int X, int Y) Keep(Stack<DiffLine> lines, string[] before, int x, int y)
    {
        lines.Push(new DiffLine(LineChange.Kept, before[x - 1]));
        return (x - 1, y - 1);
    }
}
