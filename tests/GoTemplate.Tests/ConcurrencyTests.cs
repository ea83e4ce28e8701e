using Xunit;

namespace GoTemplate.Tests;

public sealed class ConcurrencyTests
{
    [Fact]
    public void One_template_runs_many_times_at_once()
    {
        const string text = "{{$n := .n}}{{range $i, $e := .list}}{{$n = add $n $i}}{{template \"e\" dict \"v\" $e \"n\" $n}}{{end}}{{define \"e\"}}<{{.v}}:{{.n}}>{{end}}{{$_ := set . \"n\" 7}}{{.n}}";
        var template = Template.Parse("t", text, Samples.Functions);
        var shared = new List<object?> { "a", "b", "c" };
        var results = new string[2_000];
        Parallel.For(0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            results[i] = template.Execute(new Dictionary<string, object?> { ["n"] = (long)i, ["list"] = shared }));
        for (var i = 0; i < results.Length; i++) Assert.Equal($"<a:{i}><b:{i + 1}><c:{i + 3}>7", results[i]);
    }

    [Fact]
    public void Executions_that_change_maps_do_not_see_one_another()
    {
        var data = new Dictionary<string, object?> { ["m"] = new Dictionary<string, object?> { ["x"] = "0" } };
        var template = Template.Parse("t", "{{range 50}}{{$_ := set $.m \"x\" (cat $.m.x \"1\" | nospace)}}{{end}}{{.m.x}}", Samples.Functions);
        Parallel.For(0, 200, _ => Assert.Equal("0" + new string('1', 50), template.Execute(data)));
    }
}
