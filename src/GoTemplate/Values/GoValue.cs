using System.Collections;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GoTemplate.Values;

/// <summary>How .NET values become Go values, and what is true of them.</summary>
internal static class GoValue
{
    private static readonly object[] SmallInts = [.. Enumerable.Range(-1, 258).Select(i => (object)(nint)i)];

    public static readonly object True = true;
    public static readonly object False = false;

    public static object Box(bool value) => value ? True : False;

    /// <summary>A Go int.</summary>
    public static object Int(long value) => value is >= -1 and < 257 ? SmallInts[(int)value + 1] : (nint)value;

    /// <summary>Unwraps JSON scalars and gives foreign dictionaries the shape of a map; anything else stays as it is.</summary>
    public static object? From(object? value) => value switch
    {
        null or string or bool or double or nint => value,
        JsonValue json => FromJson(json),
        JsonNode or IGoObject => value,
        decimal d => (double)d,
        char c => (int)c,
        DateTime t => new DateTimeOffset(t.ToUniversalTime()),
        JsonElement e => From(Node(e)),
        IReadOnlyDictionary<string, object?> or IReadOnlyDictionary<string, string> => value,
        IDictionary map => new ForeignMap(map),
        _ => value,
    };

    public static bool IsTrue(object? value) => value switch
    {
        null or NoValue => false,
        bool b => b,
        string s => s.Length > 0,
        nint n => n != 0,
        double d => d != 0,
        IGoObject { Underlying: { } basic } => IsTrue(basic),
        IGoObject o => !o.IsNil,
        Complex c => c != Complex.Zero,
        TimeSpan t => t != TimeSpan.Zero,
        DateTimeOffset => true,
        _ when GoMap.Is(value) => GoMap.Count(value) > 0,
        _ when GoList.Is(value) => GoList.Count(value) > 0,
        _ when TryInteger(value, out var n) => n != 0,
        _ when TryUnsigned(value, out var u) => u != 0,
        float f => f != 0,
        _ => true,
    };

    /// <summary>Any signed Go integer.</summary>
    public static bool TryInteger(object? value, out long result)
    {
        switch (value)
        {
            case nint n: result = n; return true;
            case long n: result = n; return true;
            case int n: result = n; return true;
            case short n: result = n; return true;
            case sbyte n: result = n; return true;
            case TimeSpan t: result = Nanoseconds(t); return true;
            case IGoObject { Underlying: { } basic } when basic is not IGoObject: return TryInteger(basic, out result);
            default: result = 0; return false;
        }
    }

    /// <summary>Any unsigned Go integer.</summary>
    public static bool TryUnsigned(object? value, out ulong result)
    {
        switch (value)
        {
            case ulong n: result = n; return true;
            case nuint n: result = n; return true;
            case uint n: result = n; return true;
            case ushort n: result = n; return true;
            case byte n: result = n; return true;
            case IGoObject { Underlying: { } basic } when basic is not IGoObject: return TryUnsigned(basic, out result);
            default: result = 0; return false;
        }
    }

    public static bool TryFloat(object? value, out double result)
    {
        switch (value)
        {
            case double d: result = d; return true;
            case float f: result = f; return true;
            case IGoObject { Underlying: { } basic } when basic is not IGoObject: return TryFloat(basic, out result);
            default: result = 0; return false;
        }
    }

    public static long Nanoseconds(TimeSpan span) =>
        (long)Int128.Clamp((Int128)span.Ticks * 100, long.MinValue, long.MaxValue);

    private static object? FromJson(JsonValue json)
    {
        switch (json.GetValueKind())
        {
            case JsonValueKind.String:
                return json.TryGetValue<string>(out var text) ? text : json.ToString();
            case JsonValueKind.True:
                return True;
            case JsonValueKind.False:
                return False;
            case JsonValueKind.Number:
                if (json.TryGetValue<double>(out var number)) return number;
                return double.TryParse(json.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out number) ? number : double.NaN;
            default:
                return null;
        }
    }

    private static object? Node(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(element),
        JsonValueKind.Array => JsonArray.Create(element),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => JsonValue.Create(element),
    };
}
