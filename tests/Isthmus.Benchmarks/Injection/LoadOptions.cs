using System.Globalization;

namespace Isthmus.Benchmarks.Injection;

/// <summary>Bounds of a load run: parallel connections, and how many reviews in all.</summary>
internal sealed record LoadOptions(int Connections, int Reviews)
{
    /// <summary>Reads <c>[connections] [reviews]</c>; 64 and 20,000 unless given.</summary>
    public static LoadOptions Parse(IReadOnlyList<string> args) => new(Number(args, 0, 64, 1_000), Number(args, 1, 20_000, 1_000_000));

    private static int Number(IReadOnlyList<string> args, int index, int otherwise, int most)
    {
        if (args.Count <= index) return otherwise;
        return int.TryParse(args[index], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= most
            ? number
            : throw new ArgumentException($"'{args[index]}' is not a number from 1 to {most}: load [connections] [reviews]");
    }
}
