using Xunit;

namespace GoTemplate.Tests;

/// <summary>Errors as Go words them, with template name, line and column.</summary>
public sealed class ErrorTests
{
    [Theory]
    [InlineData("{{", "template: t:1: unclosed action")]
    [InlineData("{{.a", "template: t:1: unclosed action")]
    [InlineData("a\n\n{{.a\n", "template: t:4: unclosed action started at t:3")]
    [InlineData("{{}}", "template: t:1: missing value for command")]
    [InlineData("{{if}}x{{end}}", "template: t:1: missing value for if")]
    [InlineData("{{range}}x{{end}}", "template: t:1: missing value for range")]
    [InlineData("{{if .x}}", "template: t:1: unexpected EOF")]
    [InlineData("\n{{if .x}}\n{{else}}\n", "template: t:4: unexpected EOF")]
    [InlineData("{{end}}", "template: t:1: unexpected {{end}}")]
    [InlineData("{{else}}", "template: t:1: unexpected {{else}}")]
    [InlineData("{{if .x}}{{else}}{{else}}{{end}}", "template: t:1: expected end; found {{else}}")]
    [InlineData("{{foo}}", "template: t:1: function \"foo\" not defined")]
    [InlineData("a\nb{{1 | foo}}", "template: t:2: function \"foo\" not defined")]
    [InlineData("{{$x}}", "template: t:1: undefined variable \"$x\"")]
    [InlineData("{{with $x := 1}}{{end}}{{$x}}", "template: t:1: undefined variable \"$x\"")]
    [InlineData("{{range $x}}{{end}}", "template: t:1: undefined variable \"$x\"")]
    [InlineData("{{\"a}}", "template: t:1: unterminated quoted string")]
    [InlineData("{{`a}}", "template: t:1: unterminated raw quoted string")]
    [InlineData("{{'a}}", "template: t:1: unterminated character constant")]
    [InlineData("{{''}}", "template: t:1: invalid syntax")]
    [InlineData("{{'ab'}}", "template: t:1: malformed character constant: 'ab'")]
    [InlineData("{{\"\\q\"}}", "template: t:1: invalid syntax")]
    [InlineData("{{(1}}", "template: t:1: unclosed left paren")]
    [InlineData("{{1)}}", "template: t:1: unexpected right paren")]
    [InlineData("{{/* a }}", "template: t:1: unclosed comment")]
    [InlineData("{{/* a */ b}}", "template: t:1: comment ends before closing delimiter")]
    [InlineData("{{1 | 2}}", "template: t:1: non executable command in pipeline stage 2")]
    [InlineData("{{1 | print | nil}}", "template: t:1: non executable command in pipeline stage 3")]
    [InlineData("{{|1}}", "template: t:1: unexpected \"|\" in command")]
    [InlineData("{{.x } }}", "template: t:1: unexpected \"}\" in operand")]
    [InlineData("{{1.a}}", "template: t:1: bad number syntax: \"1.a\"")]
    [InlineData("{{1a}}", "template: t:1: bad number syntax: \"1a\"")]
    [InlineData("{{0x}}", "template: t:1: bad number syntax: \"0x\"")]
    [InlineData("{{1+2}}", "template: t:1: bad number syntax: \"1+2\"")]
    [InlineData("{{\"a\".b}}", "template: t:1: unexpected . after term \"\\\"a\\\"\"")]
    [InlineData("{{nil.b}}", "template: t:1: unexpected . after term \"nil\"")]
    [InlineData("{{$x := 1, 2}}", "template: t:1: unexpected \",\" in operand")]
    [InlineData("{{$x, $y := 1}}", "template: t:1: too many declarations in command")]
    [InlineData("{{range $a, $b, $c := .}}{{end}}", "template: t:1: too many declarations in range")]
    [InlineData("{{range $a, 1 := .}}{{end}}", "template: t:1: range can only initialize variables")]
    [InlineData("{{break}}", "template: t:1: {{break}} outside {{range}}")]
    [InlineData("{{continue}}", "template: t:1: {{continue}} outside {{range}}")]
    [InlineData("{{range .}}{{define \"x\"}}{{end}}{{end}}", "template: t:1: unexpected <define> in command")]
    [InlineData("{{range .}}{{break 1}}{{end}}", "template: t:1: unexpected \"1\" in {{break}}")]
    [InlineData("{{template}}", "template: t:1: unexpected \"}}\" in template clause")]
    [InlineData("{{template .x}}", "template: t:1: unexpected \".x\" in template clause")]
    [InlineData("{{define x}}{{end}}", "template: t:1: unexpected \"x\" in define clause")]
    [InlineData("{{define \"x\"}}", "template: t:1: unexpected EOF")]
    [InlineData("{{define \"x\"}}a{{else}}b{{end}}", "template: t:1: unexpected {{else}} in define clause")]
    [InlineData("{{define \"x\"}}a{{end}}{{define \"x\"}}b{{end}}", "template: t:1: template: multiple definition of template \"x\"")]
    [InlineData("{{.a:b}}", "template: t:1: expected :=")]
    [InlineData("{{a$}}", "template: t:1: bad character U+0024 '$'")]
    [InlineData("{{\u0001}}", "template: t:1: unrecognized character in action: U+0001")]
    [InlineData("{{.x \"averylongstring\" ; }}", "template: t:1: unexpected \";\" in operand")]
    [InlineData("{{else if}}", "template: t:1: unexpected {{else}}")]
    [InlineData("{{range .}}{{else if .x}}{{end}}", "template: t:1: unexpected <if> in input")]
    [InlineData("{{9223372036854775808123456}}", "template: t:1: integer overflow: \"9223372036854775808123456\"")]
    public void Parse_errors(string template, string message)
    {
        var error = Assert.Throws<TemplateException>(() => Template.Parse("t", template, FunctionMap.Builtins));
        Assert.Equal(message, error.Message);
        Assert.Equal(TemplateFailure.Parse, error.Failure);
        Assert.StartsWith($"template: t:{error.Line}:", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{.Nil.b}}", "template: t:1:6: executing \"t\" at <.Nil.b>: nil pointer evaluating interface {}.b")]
    [InlineData("x\n y {{.J.nul.b.c}}", "template: t:2:7: executing \"t\" at <.J.nul.b.c>: nil pointer evaluating interface {}.b")]
    [InlineData("{{.S.b}}", "template: t:1:4: executing \"t\" at <.S.b>: can't evaluate field b in type interface {}")]
    [InlineData("{{(.S).b}}", "template: t:1:3: executing \"t\" at <.S>: can't evaluate field b in type string")]
    [InlineData("{{$x := .S}}{{$x.b}}", "template: t:1:16: executing \"t\" at <$x.b>: can't evaluate field b in type string")]
    [InlineData("{{range .L}}{{.b}}{{end}}", "template: t:1:14: executing \"t\" at <.b>: can't evaluate field b in type interface {}")]
    [InlineData("é{{.P.Nope}}", "template: t:1:6: executing \"t\" at <.P.Nope>: can't evaluate field Nope in type interface {}")]
    [InlineData("{{(.P).Nope}}", "template: t:1:3: executing \"t\" at <.P>: can't evaluate field Nope in type *Person")]
    [InlineData("{{(.O).Nope}}", "template: t:1:3: executing \"t\" at <.O>: can't evaluate field Nope in type *tests.Struct")]
    [InlineData("{{.O.Name 1}}", "template: t:1:4: executing \"t\" at <.O.Name>: Name has arguments but cannot be invoked as function")]
    [InlineData("{{.O.Inner.Field}}", "template: t:1:4: executing \"t\" at <.O.Inner.Field>: nil pointer evaluating *tests.Nil.Field")]
    [InlineData("{{.O.Inner.Other}}", "template: t:1:4: executing \"t\" at <.O.Inner.Other>: can't evaluate field Other in type *tests.Nil")]
    [InlineData("{{.O.Fail}}", "template: t:1:4: executing \"t\" at <.O.Fail>: error calling Fail: method failed")]
    [InlineData("{{.P.Greet}}", "template: t:1:4: executing \"t\" at <.P.Greet>: wrong number of args for Greet: want 1 got 0")]
    [InlineData("{{.M.a 1}}", "template: t:1:4: executing \"t\" at <.M.a>: a is not a method but has arguments")]
    [InlineData("{{twice .I}}", "template: t:1:8: executing \"t\" at <.I>: wrong type for value; expected string; got int")]
    [InlineData("{{twice .F}}", "template: t:1:8: executing \"t\" at <.F>: wrong type for value; expected string; got float64")]
    [InlineData("{{twice .Missing}}", "template: t:1:8: executing \"t\" at <.Missing>: invalid value; expected string")]
    [InlineData("{{.Missing | twice}}", "template: t:1:13: executing \"t\" at <twice>: invalid value; expected string")]
    [InlineData("{{twice .Nil}}", "template: t:1:8: executing \"t\" at <.Nil>: wrong type for value; expected string; got interface {}")]
    [InlineData("{{twice 1}}", "template: t:1:8: executing \"t\" at <1>: expected string; found 1")]
    [InlineData("{{twice nil}}", "template: t:1:8: executing \"t\" at <nil>: cannot assign nil to string")]
    [InlineData("{{twice}}", "template: t:1:2: executing \"t\" at <twice>: wrong number of args for twice: want 1 got 0")]
    [InlineData("{{\"a\" | twice \"b\"}}", "template: t:1:8: executing \"t\" at <twice>: wrong number of args for twice: want 1 got 2")]
    [InlineData("{{printf}}", "template: t:1:2: executing \"t\" at <printf>: wrong number of args for printf: want at least 1 got 0")]
    [InlineData("{{repeat \"a\" \"b\"}}", "template: t:1:9: executing \"t\" at <\"a\">: expected integer; found \"a\"")]
    [InlineData("{{repeat 1.5 \"b\"}}", "template: t:1:9: executing \"t\" at <1.5>: expected integer; found 1.5")]
    [InlineData("{{keys \"a\"}}", "template: t:1:7: executing \"t\" at <\"a\">: can't handle \"a\" for arg of type map[string]interface {}")]
    [InlineData("{{broken}}", "template: t:1:2: executing \"t\" at <broken>: error calling broken: it broke")]
    [InlineData("{{fail \"stop 100%\"}}", "template: t:1:2: executing \"t\" at <fail \"stop 100%\">: error calling fail: stop 100%")]
    [InlineData("{{\"x\" | fail}}", "template: t:1:8: executing \"t\" at <fail>: error calling fail: x")]
    [InlineData("{{.S | .M}}", "template: t:1:7: executing \"t\" at <.M>: M is not a method but has arguments")]
    [InlineData("{{(1) 2}}", "template: t:1:2: executing \"t\" at <(1) 2>: can't give argument to non-function 1")]
    [InlineData("{{. 2}}", "template: t:1:2: executing \"t\" at <.>: can't give argument to non-function .")]
    [InlineData("{{nil}}", "template: t:1:2: executing \"t\" at <nil>: nil is not a command")]
    [InlineData("{{index .L 3}}", "template: t:1:2: executing \"t\" at <index .L 3>: error calling index: reflect: slice index out of range")]
    [InlineData("{{index .L 4}}", "template: t:1:2: executing \"t\" at <index .L 4>: error calling index: index out of range: 4")]
    [InlineData("{{index .L -1}}", "template: t:1:2: executing \"t\" at <index .L -1>: error calling index: index out of range: -1")]
    [InlineData("{{index .L \"a\"}}", "template: t:1:2: executing \"t\" at <index .L \"a\">: error calling index: cannot index slice/array with type string")]
    [InlineData("{{index .L nil}}", "template: t:1:2: executing \"t\" at <index .L nil>: error calling index: cannot index slice/array with nil")]
    [InlineData("{{index .M 1}}", "template: t:1:2: executing \"t\" at <index .M 1>: error calling index: value has type int; should be string")]
    [InlineData("{{index .M nil}}", "template: t:1:2: executing \"t\" at <index .M nil>: error calling index: value is nil; should be of type string")]
    [InlineData("{{index .I 1}}", "template: t:1:2: executing \"t\" at <index .I 1>: error calling index: can't index item of type int")]
    [InlineData("{{index .Missing 1}}", "template: t:1:2: executing \"t\" at <index .Missing 1>: error calling index: index of untyped nil")]
    [InlineData("{{index .M \"zz\" \"y\"}}", "template: t:1:2: executing \"t\" at <index .M \"zz\" \"y\">: error calling index: index of nil pointer")]
    [InlineData("{{len 3}}", "template: t:1:2: executing \"t\" at <len 3>: error calling len: len of type int")]
    [InlineData("{{len .Missing}}", "template: t:1:2: executing \"t\" at <len .Missing>: error calling len: reflect: call of reflect.Value.Type on zero Value")]
    [InlineData("{{eq 1 1.0}}", "template: t:1:2: executing \"t\" at <eq 1 1.0>: error calling eq: incompatible types for comparison")]
    [InlineData("{{eq \"true\" true}}", "template: t:1:2: executing \"t\" at <eq \"true\" true>: error calling eq: incompatible types for comparison")]
    [InlineData("{{eq 1}}", "template: t:1:2: executing \"t\" at <eq 1>: error calling eq: missing argument for comparison")]
    [InlineData("{{eq .M .M}}", "template: t:1:2: executing \"t\" at <eq .M .M>: error calling eq: non-comparable type map[a:x b:%!s(float64=2) c:[%!s(float64=1) <nil> z]]: map[string]interface {}")]
    [InlineData("{{lt .M 1}}", "template: t:1:2: executing \"t\" at <lt .M 1>: error calling lt: invalid type for comparison")]
    [InlineData("{{lt true false}}", "template: t:1:2: executing \"t\" at <lt true false>: error calling lt: invalid type for comparison")]
    [InlineData("{{lt 1 \"a\"}}", "template: t:1:2: executing \"t\" at <lt 1 \"a\">: error calling lt: incompatible types for comparison")]
    [InlineData("{{range .S}}{{end}}", "template: t:1:8: executing \"t\" at <.S>: range can't iterate over hello")]
    [InlineData("{{range 1.5}}{{end}}", "template: t:1:8: executing \"t\" at <1.5>: range can't iterate over 1.5")]
    [InlineData("{{range $a, $b := 3}}{{end}}", "template: t:1:18: executing \"t\" at <3>: can't use 3 to iterate over more than one variable")]
    [InlineData("{{template \"zz\"}}", "template: t:1:11: executing \"t\" at <{{template \"zz\"}}>: template \"zz\" not defined")]
    [InlineData("{{define \"d\"}}\n{{.Nope.x.y}}{{end}}{{template \"d\" 1}}", "template: t:2:7: executing \"d\" at <.Nope.x.y>: can't evaluate field Nope in type int")]
    [InlineData("{{$x = 1}}", "template: t:1:7: executing \"t\" at <1>: undefined variable: $x")]
    [InlineData("{{if false}}{{$y := 1}}{{else}}{{$y}}{{end}}", "template: t:1:33: executing \"t\" at <$y>: undefined variable: $y")]
    [InlineData("{{9223372036854775808}}", "template: t:1:2: executing \"t\" at <9223372036854775808>: 9223372036854775808 overflows int")]
    [InlineData("{{.Fn}}", "template: t:1:2: executing \"t\" at <{{.Fn}}>: can't print {{.Fn}} of type func")]
    [InlineData("{{call .S}}", "template: t:1:2: executing \"t\" at <call .S>: error calling call: non-function hello of type string")]
    [InlineData("{{call .Missing}}", "template: t:1:2: executing \"t\" at <call .Missing>: error calling call: call of nil")]
    [InlineData("{{call .Fn 1}}", "template: t:1:2: executing \"t\" at <call .Fn 1>: error calling call: arg 0: value has type int; should be string")]
    [InlineData("{{first .Nil}}", "template: t:1:2: executing \"t\" at <first .Nil>: error calling first: runtime error: invalid memory address or nil pointer dereference")]
    [InlineData("{{append .S 1}}", "template: t:1:2: executing \"t\" at <append .S 1>: error calling append: Cannot push on type string")]
    [InlineData("{{div 1 0}}", "template: t:1:2: executing \"t\" at <div 1 0>: error calling div: runtime error: integer divide by zero")]
    [InlineData("{{genCA \"a\" 1}}", "template: t:1:2: executing \"t\" at <genCA \"a\" 1>: error calling genCA: not supported by this library")]
    [InlineData("{{env \"HOME\"}}", "template: t:1:2: executing \"t\" at <env \"HOME\">: error calling env: the environment is not available to templates")]
    public void Execution_errors(string template, string message)
    {
        var error = Assert.Throws<TemplateException>(() => Samples.Run(template));
        Assert.Equal(message, error.Message);
        Assert.Equal(TemplateFailure.Execution, error.Failure);
        Assert.StartsWith($"template: t:{error.Line}:{error.Column}:", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Slices_out_of_range_are_errors_of_the_builtin()
    {
        Fails("{{slice .L 4}}", "index out of range: 4");
        Fails("{{slice .L 2 1}}", "invalid slice index: 2 > 1");
        Fails("{{slice .S 1 2 3}}", "cannot 3-index slice a string");
        Fails("{{slice 1 2}}", "can't slice item of type int");
        Fails("{{slice nil}}", "slice of untyped nil");

        static void Fails(string template, string reason)
        {
            var error = Assert.Throws<TemplateException>(() => Template.Parse("t", template, FunctionMap.Builtins).Execute(Samples.Data()));
            Assert.EndsWith("error calling slice: " + reason, error.Message, StringComparison.Ordinal);
        }
    }
}
