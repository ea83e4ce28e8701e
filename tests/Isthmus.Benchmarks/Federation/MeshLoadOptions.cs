using System.Globalization;

namespace Isthmus.Benchmarks.Federation;

/// <summary>The size of a benchmarked mesh: clusters, Services in each, and how many Service events are timed. A tenth of the Services is exported.</summary>
internal sealed record MeshLoadOptions(int Clusters, int Services, int Events)
{
    public int Exported => Services / 10;

    public static MeshLoadOptions Parse(IReadOnlyList<string> arguments) => new(At(arguments, 0, 20), At(arguments, 1, 1000), At(arguments, 2, 200));

    private static int At(IReadOnlyList<string> arguments, int index, int usual) =>
        index < arguments.Count ? int.Parse(arguments[index], NumberStyles.None, CultureInfo.InvariantCulture) : usual;
}
