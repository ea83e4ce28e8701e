using Xunit;

namespace GoTemplate.Tests;

/// <summary>What templates print. Each row is a template and its output over <see cref="Samples.Data"/>.</summary>
public sealed class ExecutionTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("a{{/* comment */}}b", "ab")]
    [InlineData("a {{- /* comment */ -}} b", "ab")]
    [InlineData("a {{- 1 -}} b", "a1b")]
    [InlineData("a\n{{- 1}}\n{{1 -}}\nb", "a1\n1b")]
    [InlineData("{{- 1 }}", "1")]
    [InlineData("{{1 |}}", "1")]
    [InlineData("{{\n1\n}}", "1")]
    [InlineData("{{-1}}", "-1")]
    [InlineData("{{ -1}}", "-1")]
    [InlineData("{{3}} {{- 4}}", "34")]
    [InlineData("{{\"a\" -}}   {{- \"b\"}}", "ab")]
    public void Text_comments_and_trim_markers(string template, string expected) => Assert.Equal(expected, Samples.Run(template));

    [Theory]
    [InlineData("{{1}} {{-2}} {{+3}}", "1 -2 3")]
    [InlineData("{{0x1F}} {{0b101}} {{0o17}} {{017}} {{1_000}} {{0x_ff}}", "31 5 15 15 1000 255")]
    [InlineData("{{1.5}} {{1e3}} {{1e6}} {{.5}} {{1e+20}} {{1e21}} {{1E2}}", "1.5 1000 1e+06 0.5 1e+20 1e+21 100")]
    [InlineData("{{0x1p4}} {{0x1.8p1}} {{1_0.2_5}}", "16 3 10.25")]
    [InlineData("{{'a'}} {{'\\n'}} {{'\\x41'}} {{'\\''}} {{'世'}} {{'\\u4e16'}}", "97 10 65 39 19990 19990")]
    [InlineData("{{2i}} {{1+2i}} {{1-2i}} {{1+0i}}", "(0+2i) (1+2i) (1-2i) (1+0i)")]
    [InlineData("{{true}} {{false}}", "true false")]
    [InlineData("{{\"a\\tb\\\"\\u00e9\\x41\\101\"}}", "a\tb\"éAA")]
    [InlineData("{{`raw\\n\"`}}", "raw\\n\"")]
    [InlineData("{{printf \"%T %T %T %T\" 1 1.0 'a' \"s\"}}", "int float64 int string")]
    [InlineData("{{printf \"%d %T\" 1e3 1e3}}", "%!d(float64=1000) float64")]
    public void Constants(string template, string expected) => Assert.Equal(expected, Samples.Run(template));

    [Theory]
    [InlineData("{{.S}}{{.I}}{{.F}}{{.T}}{{.U}}{{.I64}}", "hello171.5true1664")]
    [InlineData("{{.M}}", "map[a:x b:2 c:[1 <nil> z]]")]
    [InlineData("{{.L}} {{.SL}} {{.E}} {{.EM}} {{.Labels}} {{.Ints}}", "[a b c] [p q] [] map[] map[app:web tier:front] map[9:nine 10:ten]")]
    [InlineData("{{.Missing}} {{.Nil}} {{.Missing.Deeper.Still}}", "<no value> <no value> <no value>")]
    [InlineData("{{.M.a}} {{(.M).a}} {{.M.c}} {{$.M.a}} {{$x := .M}}{{$x.a}}", "x x [1 <nil> z] x x")]
    [InlineData("{{(.Nil).b.c}} {{(.M.zzz).b}}", "<no value> <no value>")]
    [InlineData("{{.J.n}} {{.J.f}} {{.J.x.y}} {{.J.nul}} {{.J.t}} {{.J.s}}", "1e+06 123456 [1 2 map[z:deep]] <no value> true <&>")]
    [InlineData("{{(index .J.x.y 2).z}} {{index .J.x \"y\" 2 \"z\"}}", "deep deep")]
    [InlineData("{{.P.Name}} {{.P.Age}} {{.P.Greet \"Hi\"}} {{\"Yo\" | .P.Greet}}", "Ann 30 Hi, Ann Yo, Ann")]
    [InlineData("{{.P.Join \"-\" \"a\" \"b\"}} {{.P.Join \"-\"}} {{\"c\" | .P.Join \"-\" \"a\"}}", "a-b  a-c")]
    [InlineData("{{.O.Name}} {{.O.GetName}} {{.O.Add 1 \"x\"}} {{.O.Inner.GetValue}}", "field method 2:1,x false")]
    [InlineData("{{.NilO}} {{.NilO.GetValue}} {{if .NilO}}y{{else}}n{{end}}", "<nil> false n")]
    [InlineData("{{.Mode}} {{.Mode.String}} {{printf \"%d %s %v\" .Mode .Mode .Mode}} {{eq .Mode 1}}", "TPROXY TPROXY 1 TPROXY TPROXY true")]
    [InlineData("{{.D}}", "1h1m1.5s")]
    [InlineData("{{call .Fn \"x\"}}", "x!")]
    [InlineData("{{.}}", null)]
    public void Fields_and_methods(string template, string? expected)
    {
        var text = Samples.Run(template);
        if (expected is not null) Assert.Equal(expected, text);
        else Assert.StartsWith("map[D:1h1m1.5s E:[]", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{if .T}}a{{end}}{{if .Empty}}b{{end}}{{if .Nil}}c{{end}}{{if .Missing}}d{{end}}{{if .E}}e{{end}}{{if .EM}}f{{end}}{{if 0}}g{{end}}{{if 0.0}}h{{end}}", "a")]
    [InlineData("{{if .Missing}}a{{else}}b{{end}}", "b")]
    [InlineData("{{if .Nil}}a{{else if .Empty}}b{{else if .T}}c{{else}}d{{end}}", "c")]
    [InlineData("{{if not .T}}a{{else if false}}b{{else}}c{{end}}", "c")]
    [InlineData("{{with .M}}{{.a}}{{end}}{{with .Nil}}x{{else}}-{{.S}}{{end}}", "x-hello")]
    [InlineData("{{with .Nil}}a{{else with .M}}{{.a}}{{else}}c{{end}}", "x")]
    [InlineData("{{with $x := .S}}{{$x}}{{.}}{{$.I}}{{end}}", "hellohello17")]
    [InlineData("{{range .L}}[{{.}}]{{end}}", "[a][b][c]")]
    [InlineData("{{range $x := .L}}{{$x}}{{.}}{{end}}", "aabbcc")]
    [InlineData("{{range $i, $x := .L}}{{$i}}{{$x}},{{end}}", "0a,1b,2c,")]
    [InlineData("{{range $k, $v := .M}}{{$k}}={{$v}};{{end}}", "a=x;b=2;c=[1 <nil> z];")]
    [InlineData("{{range $k, $v := .Ints}}{{$k}}{{$v}} {{end}}", "9nine 10ten ")]
    [InlineData("{{range .E}}x{{else}}none{{end}}{{range .Missing}}x{{else}}!{{end}}{{range .Nil}}{{else}}?{{end}}", "none!?")]
    [InlineData("{{range 3}}{{.}}{{end}}{{range $i := 2}}{{$i}}{{end}}{{range 0}}x{{else}}z{{end}}", "01201z")]
    [InlineData("{{range .L}}{{if eq . \"b\"}}{{continue}}{{end}}{{.}}{{end}}", "ac")]
    [InlineData("{{range .L}}{{if eq . \"b\"}}{{break}}{{end}}{{.}}{{end}}", "a")]
    [InlineData("{{range .L}}{{range $.SL}}{{.}}{{break}}{{end}}{{.}}{{end}}", "papbpc")]
    [InlineData("{{$x := 1}}{{range .L}}{{$x = add $x 1}}{{end}}{{$x}}", "4")]
    [InlineData("{{$x := 1}}{{range .L}}{{$x := 5}}{{end}}{{$x}}", "1")]
    [InlineData("{{$x := 1}}{{$x := add $x 1}}{{$x}}", "2")]
    [InlineData("{{$i := 0}}{{$e := 0}}{{range $i, $e = .L}}{{end}}{{$i}}{{$e}}", "2c")]
    [InlineData("{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2")]
    public void Control_structures(string template, string expected) => Assert.Equal(expected, Samples.Run(template));

    [Theory]
    [InlineData("{{define \"x\"}}<{{.}}>{{end}}{{template \"x\" .S}}{{template \"x\"}}", "<hello><<no value>>")]
    [InlineData("{{block \"b\" .M}}{{.a}}{{end}}", "x")]
    [InlineData("{{template \"f\" 3}}{{define \"f\"}}{{if gt . 0}}{{.}}{{template \"f\" (add . -1 | int)}}{{end}}{{end}}", "321")]
    [InlineData("{{define \"x\"}}{{$}}{{end}}{{template \"x\" 7}}", "7")]
    [InlineData("{{define `a b`}}1{{end}}{{template \"a b\"}}", "1")]
    [InlineData("{{define \"x\"}} {{end}}{{define \"x\"}}second{{end}}{{template \"x\"}}", "second")]
    public void Defined_templates(string template, string expected) => Assert.Equal(expected, Samples.Run(template));

    [Theory]
    [InlineData("{{and 1 0 2}} {{and 1 2}} {{or 0 \"\" 3}} {{or 0 \"\"}} {{not 0}} {{not .L}}", "0 2 3  true false")]
    [InlineData("{{and false (broken)}} {{or 1 (broken)}} {{.S | and 1}} {{0 | or 0}}", "false 1 hello 0")]
    [InlineData("{{and .Nil 1}} {{or .Missing .S}} {{or nil 5}}", "<no value> hello 5")]
    [InlineData("{{len .S}} {{len .L}} {{len .M}} {{len \"é\"}} {{len .Labels}}", "5 3 3 2 2")]
    [InlineData("{{index .L 1}} {{index .M \"a\"}} {{index .Labels \"zz\"}}. {{index .M \"zz\"}} {{index .S 1}} {{index .Ints 9}}", "b x . <no value> 101 nine")]
    [InlineData("{{index .M \"c\" 2}} {{index .L 1 | printf \"%s-%s\" \"a\"}} {{index .L}}", "z a-b [a b c]")]
    [InlineData("{{eq 1 1}} {{eq 1 2 3 1}} {{eq .S \"hello\"}} {{eq .U 16}} {{eq 1.5 1.5}} {{ne 1 2}} {{ne .S \"x\"}}", "true true true true true true true")]
    [InlineData("{{eq .Missing \"a\"}} {{ne .Missing \"a\"}} {{eq .Nil nil}} {{eq .Missing .Nil}} {{eq .M nil}}", "false true true true false")]
    [InlineData("{{lt 1 2}} {{lt -1 .U}} {{gt \"b\" \"a\"}} {{le 1.5 1.5}} {{ge 2 3}} {{lt \"\\uFFFF\" \"\\U00010000\"}}", "true true true true false true")]
    [InlineData("{{print 1 2 \"a\" 3 \"b\" \"c\"}} {{print nil}} {{println 1 \"a\"}}", "1 2a3bc <nil> 1 a\n")]
    [InlineData("{{html \"<a href='x'>&\\\"\"}} {{js \"it's <b>=\\n\"}} {{urlquery \"a b/ü?\"}}", "&lt;a href=&#39;x&#39;&gt;&amp;&#34; it\\'s \\u003Cb\\u003E\\u003D\\u000A a+b%2F%C3%BC%3F")]
    [InlineData("{{\"x\" | html | printf \"%s%s\" \"<\"}} {{.Missing | html}}", "<x &lt;no value&gt;")]
    [InlineData("{{\"output\" | printf \"%s\" | twice}} {{sum 1 2 3}} {{sum}} {{lower2 1 \"b\"}} {{nothing}}", "outputoutput 6 0 1|b <no value>")]
    [InlineData("{{printf \"%d\" (len .L)}} {{(index .L 0) | printf \"%q\"}} {{((.M)).a}}", "3 \"a\" x")]
    public void Built_in_functions(string template, string expected) => Assert.Equal(expected, Samples.Run(template));

    [Theory]
    [InlineData("{{slice \"abcdef\" 1 3}} {{slice .L 1}} {{slice .SL 0 1}}", "bc [b c] [p]")]
    public void Go_s_own_slice_where_Sprig_is_not_used(string template, string expected) =>
        Assert.Equal(expected, Template.Parse("t", template, FunctionMap.Builtins).Execute(Samples.Data()));

    [Fact]
    public void Other_delimiters()
    {
        var options = new TemplateOptions { LeftDelimiter = "<<", RightDelimiter = ">>" };
        Assert.Equal("{{x}} hello", Samples.Run("{{x}} <</* c */>><<.S>>", null, options));
        Assert.Equal("hello", Samples.Run("| .S |", null, new TemplateOptions { LeftDelimiter = "| ", RightDelimiter = " |" }));
    }

    [Fact]
    public void Missing_keys_by_option()
    {
        Assert.Equal("<no value>", Samples.Run("{{.Labels.zz}}"));
        Assert.Equal("|<no value>", Samples.Run("{{.Labels.zz}}|{{.M.zz}}", null, new TemplateOptions { MissingKey = MissingKey.Zero }));
        var error = Assert.Throws<TemplateException>(() => Samples.Run("{{.M.zz}}", null, new TemplateOptions { MissingKey = MissingKey.Error }));
        Assert.Equal("template: t:1:4: executing \"t\" at <.M.zz>: map has no entry for key \"zz\"", error.Message);
    }

    [Fact]
    public void Defined_templates_are_listed_and_can_be_executed()
    {
        var template = Template.Parse("t", "{{define \"a\"}}A{{.}}{{end}}{{define \"b\"}}B{{end}}", FunctionMap.Builtins);
        Assert.Equal(["a", "b", "t"], template.DefinedTemplates);
        Assert.Equal("A1", template.ExecuteTemplate("a", 1L));
        Assert.Equal("", template.Execute(null));
        var error = Assert.Throws<TemplateException>(() => template.ExecuteTemplate("c", null));
        Assert.Equal("template: no template \"c\" associated with template \"t\"", error.Message);
    }
}
