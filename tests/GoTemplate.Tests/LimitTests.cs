using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GoTemplate.Tests;

/// <summary>Hostile templates end in a TemplateException that names template and line, and in nothing else.</summary>
public sealed class LimitTests
{
    private static readonly ExecutionLimits Untimed = ExecutionLimits.Default with { MaxTime = TimeSpan.Zero, MaxProduced = 8 * 1024 * 1024 };

    [Theory]
    [InlineData("{{repeat 5000000 \"x\"}}")]
    [InlineData("{{repeat 9000000000000000000 \"xxx\"}}")]
    [InlineData("{{indent 5000000 \"x\"}}")]
    [InlineData("{{nindent 9223372036854775807 \"x\"}}")]
    [InlineData("{{printf \"%1000000d%1000000d%1000000d%1000000d%1000000d\" 1 1 1 1 1}}")]
    [InlineData("{{printf \"%.1000000d%.1000000d%.1000000d%.1000000d%.1000000d\" 1 1 1 1 1}}")]
    [InlineData("{{range until 1000000}}0123456789{{end}}")]
    [InlineData("{{range 1000000000}}0123456789{{end}}")]
    [InlineData("{{until 9000000000}}")]
    [InlineData("{{untilStep 0 9223372036854775807 9223372036854775806 | len}}{{seq 900000000000}}")]
    [InlineData("{{$s := \"x\"}}{{range 64}}{{$s = printf \"%s%s\" $s $s}}{{end}}")]
    [InlineData("{{$s := \"x\"}}{{range 64}}{{$s = cat $s $s}}{{end}}")]
    [InlineData("{{$l := list 1}}{{range 64}}{{$l = concat $l $l}}{{end}}")]
    [InlineData("{{$l := list \"aaaaaaaaaaaaaaaa\"}}{{range 64}}{{$l = list $l $l}}{{end}}{{$l}}")]
    [InlineData("{{$l := list 1}}{{range 64}}{{$l = list $l $l}}{{end}}{{toJson $l}}")]
    [InlineData("{{$l := list 1}}{{range 64}}{{$l = list $l $l}}{{end}}{{$m := deepCopy $l}}")]
    [InlineData("{{$d := dict}}{{$_ := set $d \"d\" $d}}{{$d}}")]
    [InlineData("{{$d := dict}}{{$_ := set $d \"d\" $d}}{{toJson $d}}")]
    [InlineData("{{$d := dict}}{{$_ := set $d \"d\" $d}}{{deepCopy $d}}")]
    [InlineData("{{$d := dict}}{{$_ := set $d \"d\" $d}}{{$e := dict}}{{$_ := set $e \"d\" $e}}{{deepEqual $d $e}}")]
    [InlineData("{{$d := dict}}{{$_ := set $d \"d\" $d}}{{quote $d}}")]
    [InlineData("{{replace \"\" \"0123456789\" (repeat 1000000 \"x\")}}")]
    [InlineData("{{replace \"x\" (repeat 4000 \"y\") (repeat 4000 \"x\")}}")]
    [InlineData("{{regexReplaceAll \"x\" (repeat 4000 \"x\") (repeat 4000 \"y\")}}")]
    [InlineData("{{define \"r\"}}{{template \"r\"}}{{end}}{{template \"r\"}}")]
    [InlineData("{{define \"a\"}}{{template \"b\" .}}{{end}}{{define \"b\"}}{{if true}}{{template \"a\" (list .)}}{{end}}{{end}}{{template \"a\" 1}}")]
    [InlineData("{{$l := list}}{{range 100000000}}{{$l = append $l (repeat 1000000 \"x\")}}{{end}}")]
    public void Explosions_end_at_a_limit(string template)
    {
        var error = Assert.Throws<TemplateException>(() => Template.Parse("bomb", "\n" + template, Samples.Functions).Execute(null, Untimed));
        Assert.Equal(TemplateFailure.Limit, error.Failure);
        Assert.Equal("bomb", error.TemplateName);
        Assert.Equal(2, error.Line);
        Assert.StartsWith("template: bomb:2:", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(", 100_000, ")")]
    [InlineData("(len ", 100_000, ")")]
    public void Deep_parentheses_are_refused(string open, int depth, string close)
    {
        var text = "{{" + string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth)) + "}}";
        var error = Assert.Throws<TemplateException>(() => Template.Parse("t", text, FunctionMap.Builtins));
        Assert.Equal("template: t:1: max expression depth exceeded", error.Message);
    }

    [Theory]
    [InlineData("{{if true}}", "{{end}}")]
    [InlineData("{{range .}}", "{{end}}")]
    [InlineData("{{if false}}{{else if true}}", "{{end}}")]
    [InlineData("{{block \"b\" .}}", "{{end}}")]
    public void Deep_nesting_is_refused_and_moderate_nesting_runs(string open, string close)
    {
        var deep = string.Concat(Enumerable.Repeat(open, 50_000)) + string.Concat(Enumerable.Repeat(close, 50_000));
        Assert.Throws<TemplateException>(() => Template.Parse("t", deep, FunctionMap.Builtins));
        if (open.Contains("block", StringComparison.Ordinal)) return;
        var moderate = string.Concat(Enumerable.Repeat(open, 100)) + "x" + string.Concat(Enumerable.Repeat(close, 100));
        Assert.Equal("x", Template.Parse("t", moderate, FunctionMap.Builtins).Execute(Nested(100)));
    }

    [Fact]
    public void Deep_data_are_refused_and_moderate_ones_printed()
    {
        Assert.Equal(new string('[', 100) + "1" + new string(']', 100), Template.Parse("t", "{{.}}", FunctionMap.Builtins).Execute(Nested(100)));
        var error = Assert.Throws<TemplateException>(() => Template.Parse("t", "{{.}}", FunctionMap.Builtins).Execute(Nested(1_000_000)));
        Assert.Contains("value nests too deeply", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_goes_too_far_is_named()
    {
        var error = Assert.Throws<TemplateException>(() => Template.Parse("t", "{{5000000 | until | len}}{{repeat 9000000 \"x\"}}", Samples.Functions).Execute(null, Untimed));
        Assert.Equal(
            "template: t:1:12: executing \"t\" at <until>: functions produced more than 8388608 characters, or the like in elements", error.Message);
        error = Assert.Throws<TemplateException>(() => Template.Parse("t", "{{repeat 9000000 \"x\"}}", Samples.Functions).Execute(null, Untimed));
        Assert.Equal("template: t:1:2: executing \"t\" at <repeat 9000000 \"x\">: output exceeds 4194304 characters", error.Message);
    }

    [Fact]
    public void Time_is_limited()
    {
        var clock = new FakeTimeProvider();
        var functions = FunctionMap.Builtins.With("tick", () =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            return "";
        });
        var template = Template.Parse("slow", "a\n{{range 1000000000}}{{tick}}{{end}}", functions);
        var error = Assert.Throws<TemplateException>(() => template.Execute(null, new ExecutionLimits { TimeProvider = clock, MaxTime = TimeSpan.FromSeconds(3) }));
        Assert.Equal(TemplateFailure.Limit, error.Failure);
        Assert.Equal(2, error.Line);
        Assert.Contains("execution took longer than 3s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancellation_is_the_caller_s()
    {
        using var cancel = new CancellationTokenSource();
        var functions = FunctionMap.Builtins.With("stop", () =>
        {
            cancel.Cancel();
            return "";
        });
        var template = Template.Parse("t", "{{range 1000000000}}{{stop}}{{end}}", functions);
        Assert.ThrowsAny<OperationCanceledException>(() => template.Execute(null, Untimed, cancel.Token));
    }

    [Fact]
    public void The_limit_of_output_is_exact()
    {
        var template = Template.Parse("t", "{{repeat 10 \"x\"}}", Samples.Functions);
        Assert.Equal(10, template.Execute(null, Untimed with { MaxOutput = 10 }).Length);
        Assert.Throws<TemplateException>(() => template.Execute(null, Untimed with { MaxOutput = 9 }));
        var text = Template.Parse("t", "xxxxxxxxxx", Samples.Functions);
        Assert.Equal(10, text.Execute(null, Untimed with { MaxOutput = 10 }).Length);
        Assert.Throws<TemplateException>(() => text.Execute(null, Untimed with { MaxOutput = 9 }));
    }

    private static object? Nested(int depth)
    {
        object? value = 1L;
        for (var i = 0; i < depth; i++) value = new List<object?> { value };
        return value;
    }
}
