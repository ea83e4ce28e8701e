using System.Globalization;
using System.Text.Json.Nodes;
using CsCheck;
using Xunit;

namespace GoTemplate.Tests;

/// <summary>Whatever the template and the data: output or a TemplateException, nothing else.</summary>
public sealed class PropertyTests
{
    private static readonly long Runs =
        long.TryParse(Environment.GetEnvironmentVariable("ISTHMUS_PROPERTY_RUNS"), CultureInfo.InvariantCulture, out var runs) ? runs : 2_000;

    private static readonly ExecutionLimits Small = new() { MaxOutput = 20_000, MaxProduced = 2_000_000, MaxTime = TimeSpan.FromSeconds(10), MaxTemplateDepth = 50 };

    private static readonly string[] Fragments =
    [
        "{{", "}}", "{{-", "-}}", "{{if ", "{{else}}", "{{else if ", "{{end}}", "{{range ", "{{with ", "{{define \"d\"}}", "{{template \"d\" .}}", "{{block \"b\" .}}",
        "{{break}}", "{{continue}}", "{{/* c */}}", ".", ".a", ".b.c", "$", "$x", "$x := ", "$i, $x := ", "$x = ", "|", "(", ")", " ", "\n", "\"s\"", "`r`", "'c'", "1", "-2",
        "3.5", "0x1F", "1i", "1e400", "nil", "true", "false", ",", "printf \"%v %d %s\" ", "index ", "len ", "eq ", "and ", "or ", "not ", "list ", "dict ", "set ", "print ",
        "é", "\ud800", "\0", "text",
    ];

    private static readonly Gen<JsonNode?> Json = Gen.Recursive<JsonNode?>((depth, inner) => depth >= 4
        ? Gen.OneOf(Gen.Const((JsonNode?)null), Gen.Bool.Select(b => (JsonNode?)JsonValue.Create(b)))
        : Gen.OneOf(
            Gen.Const((JsonNode?)null),
            Gen.Bool.Select(b => (JsonNode?)JsonValue.Create(b)),
            Gen.Double[-1e9, 1e9].Select(d => (JsonNode?)JsonValue.Create(d)),
            Gen.String[Gen.Char["ab<&\"\n é"], 0, 6].Select(s => (JsonNode?)JsonValue.Create(s)),
            inner.Array[0, 3].Select(a => (JsonNode?)new JsonArray([.. a.Select(n => n?.DeepClone())])),
            inner.Array[4].Select(a => (JsonNode?)new JsonObject { ["a"] = a[0]?.DeepClone(), ["b"] = a[1]?.DeepClone(), ["c"] = a[2]?.DeepClone(), ["d"] = a[3]?.DeepClone() })));

    private static readonly Gen<string> Soup = OneOfConst(Fragments).Array[1, 25].Select(string.Concat);

    private static readonly string[] FunctionNames =
        [.. FunctionMap.Sprig().Names, "and", "or", "not", "len", "index", "call", "print", "println", "printf", "html", "js", "urlquery", "eq", "ne", "lt", "le", "gt", "ge"];

    private static readonly Gen<string> Operand = Gen.OneOf(
        OneOfConst(".", ".a", ".b", ".a.b", ".a.b.c", "$", "$.d", ".zz", "nil", "true", "\"\"", "\"a\"", "\"%5.2f %x %q %v\"", "\"2006-01-02\"", "\"a(b|c)*\"", "`[x`", "\"1.2.3\"", "'x'", "2i", "(list 1 \"a\" .a)", "(dict \"a\" .b)"),
        Gen.Int[-3, 12].Select(i => i.ToString(CultureInfo.InvariantCulture)),
        Gen.Double[-5, 5].Select(d => d.ToString("F2", CultureInfo.InvariantCulture)),
        Gen.Long.Select(i => i.ToString(CultureInfo.InvariantCulture)));

    private static readonly Gen<string> Call =
        Gen.Select(OneOfConst(FunctionNames), Operand.Array[0, 4], (name, operands) => name + string.Concat(operands.Select(o => " " + o)));

    private static readonly Gen<string> Structured = Gen.Select(Call, Call, Operand, Gen.Int[0, 6], (a, b, o, shape) => shape switch
    {
        0 => $"{{{{{a}}}}}",
        1 => $"{{{{{a} | {b}}}}}",
        2 => $"{{{{range $k, $v := {o}}}}}{{{{$k}}}}{{{{with $v}}}}{{{{{a}}}}}{{{{end}}}}{{{{else}}}}{{{{{b}}}}}{{{{end}}}}",
        3 => $"{{{{if {a}}}}}y{{{{else if {b}}}}}z{{{{end}}}}",
        4 => $"{{{{$x := {a}}}}}{{{{range 3}}}}{{{{$x = {b}}}}}{{{{$x}}}}{{{{end}}}}",
        5 => $"{{{{define \"d\"}}}}{{{{{a}}}}}{{{{end}}}}{{{{template \"d\" ({b})}}}}",
        _ => $"{{{{({a}).b.c}}}}{{{{printf \"%#v %T %q %08.3d\" ({b}) {o} ({a})}}}}",
    });

    [Fact]
    public void Any_soup_of_template_pieces_is_executed_or_refused() =>
        Gen.Select(Soup, Json).Sample((text, data) => Try(text, data), iter: Runs);

    [Fact]
    public void Any_call_of_any_function_is_executed_or_refused() =>
        Gen.Select(Structured, Json).Sample((text, data) => Try(text, data), iter: Runs);

    [Fact]
    public void Any_text_is_executed_or_refused() =>
        Gen.Select(Gen.String, Json).Sample((text, data) => Try("{{" + text + "}}", data) && Try(text, data), iter: Runs);

    [Fact]
    public void Text_without_actions_is_printed_as_it_is() =>
        Gen.String[Gen.Char["ab \n\t\"é}"], 0, 50].Sample(text => Template.Parse("t", text, FunctionMap.Builtins).Execute(null) == text, iter: Runs);

    [Fact]
    public void Json_survives_toJson_and_fromJson() =>
        Json.Sample(
            data =>
            {
                var template = Template.Parse("t", "{{fromJson (toJson .) | toJson}}", FunctionMap.Sprig());
                return JsonNode.DeepEquals(JsonNode.Parse(template.Execute(data)), data);
            },
            iter: Runs);

    [Fact]
    public void Shortest_floats_read_back_as_themselves() =>
        Gen.Double.Where(double.IsFinite).Sample(
            number => double.Parse(Samples.Run("{{.}}", number), CultureInfo.InvariantCulture).Equals(number), iter: Runs);

    [Fact]
    public void Fixed_floats_are_those_of_decimal_arithmetic() =>
        Gen.Select(Gen.Decimal[-100_000m, 100_000m], Gen.Int[0, 6]).Sample(
            (number, places) =>
            {
                // A double is an exact binary fraction, which a decimal of this size holds to 28 digits.
                var exact = new decimal((double)Math.Round(number, 3));
                var printed = Samples.Run($"{{{{printf \"%.{places}f\" .}}}}", (double)Math.Round(number, 3));
                var difference = Math.Abs(decimal.Parse(printed, CultureInfo.InvariantCulture) - exact);
                return difference <= 0.5m / (decimal)Math.Pow(10, places) && printed.Split('.').ElementAtOrDefault(1) is var f && (f?.Length ?? 0) == places;
            },
            iter: Runs);

    private static Gen<string> OneOfConst(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static bool Try(string text, object? data)
    {
        try
        {
            return Template.Parse("t", text, Samples.Functions).Execute(data, Small).Length <= Small.MaxOutput;
        }
        catch (TemplateException error)
        {
            return error.Message.StartsWith("template: t", StringComparison.Ordinal);
        }
    }
}
