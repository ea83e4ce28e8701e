using System.Globalization;
using System.Numerics;
using GoTemplate;

namespace Isthmus.Core.Injection.Mesh;

/// <summary>google.protobuf.Duration, exact to the nanosecond.</summary>
internal sealed record ProtoDuration(long Seconds, int Nanos) : IGoObject
{
    /// <summary>protobuf's limit: about 10,000 years.</summary>
    private const long MaxSeconds = 315_576_000_000;

    public static ProtoDuration Zero { get; } = new(0, 0);

    public string GoType => "*durationpb.Duration";

    public bool IsNil { get; init; }

    /// <summary>The whole span in nanoseconds.</summary>
    public BigInteger TotalNanos => (BigInteger)Seconds * 1_000_000_000 + Nanos;

    /// <summary>As a .NET span, which stops at 100 ns and at 29,000 years.</summary>
    public TimeSpan ToTimeSpan() => TimeSpan.FromTicks(checked(Seconds * TimeSpan.TicksPerSecond) + (Nanos / 100));

    public static ProtoDuration FromSeconds(long seconds) => new(seconds, 0);

    /// <summary>Reads proto JSON's form: seconds with up to nine digits of fraction and a final <c>s</c>.</summary>
    public static bool TryParse(string text, out ProtoDuration duration)
    {
        duration = Zero;
        if (text.Length < 2 || text[^1] != 's')
            return false;
        bool negative = text[0] == '-';
        string[] parts = text[(negative ? 1 : 0)..^1].Split('.');
        if (parts.Length > 2 || parts.Any(part => part.Length == 0 || !part.All(char.IsAsciiDigit)) || (parts.Length == 2 && parts[1].Length > 9)
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) || seconds > MaxSeconds)
        {
            return false;
        }
        int nanos = parts.Length == 2 ? int.Parse(parts[1].PadRight(9, '0'), NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        duration = negative ? new ProtoDuration(-seconds, -nanos) : new ProtoDuration(seconds, nanos);
        return true;
    }

    public bool TryGetField(string name, out object? value)
    {
        value = name switch { "Seconds" => Seconds, "Nanos" => (long)Nanos, _ => null };
        return value is not null;
    }

    public bool TryCallMethod(string name, IReadOnlyList<object?> args, out object? result)
    {
        result = name switch
        {
            "GetSeconds" => Seconds,
            "GetNanos" => (long)Nanos,
            "AsDuration" => ToTimeSpan(),
            "String" => IsNil ? "<nil>" : (Seconds, Nanos) switch
            {
                (0, 0) => "",
                (_, 0) => $"seconds:{Seconds}",
                (0, _) => $"nanos:{Nanos}",
                _ => $"seconds:{Seconds} nanos:{Nanos}",
            },
            _ => null,
        };
        return result is not null;
    }

    /// <summary>proto JSON's form, with 0, 3, 6 or 9 digits of fraction.</summary>
    public override string ToString()
    {
        string sign = Seconds < 0 || Nanos < 0 ? "-" : "";
        string fraction = Math.Abs(Nanos).ToString("D9", CultureInfo.InvariantCulture);
        fraction = fraction.EndsWith("000000000", StringComparison.Ordinal) ? ""
            : fraction.EndsWith("000000", StringComparison.Ordinal) ? "." + fraction[..3]
            : fraction.EndsWith("000", StringComparison.Ordinal) ? "." + fraction[..6]
            : "." + fraction;
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{Math.Abs(Seconds)}{fraction}s");
    }
}
