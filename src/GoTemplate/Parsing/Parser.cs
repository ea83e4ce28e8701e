using System.Runtime.CompilerServices;
using GoTemplate.Execution;
using GoTemplate.Formatting;
using GoTemplate.Functions;

namespace GoTemplate.Parsing;

/// <summary>Parses the statements of a template: text, control structures, definitions. Pipelines are in <see cref="PipelineParser"/>.</summary>
internal sealed class Parser
{
    /// <summary>How deep control structures and parentheses may nest, together.</summary>
    private const int MaxDepth = 1000;

    private readonly Dictionary<string, TemplateBody> _bodies = new(StringComparer.Ordinal);
    private readonly List<TemplateNode> _calls = [];
    private readonly PipelineParser _pipelines;
    private readonly TokenReader _tokens;
    private Scope _scope = new();
    private int _rangeDepth;
    private int _depth;

    private Parser(TemplateSource source, string text, FunctionMap functions)
    {
        Source = source;
        Functions = functions;
        _tokens = new TokenReader(source, new Lexer(text, source.Left, source.Right, functions.Has("break"), functions.Has("continue")));
        _pipelines = new PipelineParser(this, _tokens);
    }

    public TemplateSource Source { get; }

    public FunctionMap Functions { get; }

    public Scope Scope => _scope;

    /// <summary>Whether a function is called that changes maps in place.</summary>
    public bool Mutates { get; set; }

    public static Dictionary<string, TemplateBody> Parse(TemplateSource source, string text, FunctionMap functions, out bool mutates)
    {
        var parser = new Parser(source, text, functions);
        parser.Main();
        mutates = parser.Mutates;
        foreach (var call in parser._calls) call.Target = parser._bodies.GetValueOrDefault(call.Name);
        return parser._bodies;
    }

    public void Enter()
    {
        if (++_depth > MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw _tokens.Fail("max expression depth exceeded");
    }

    public void Leave() => _depth--;

    private void Main()
    {
        var root = new ListNode(Source, _tokens.Peek().Position);
        while (_tokens.Peek().Kind != TokenKind.End)
        {
            if (_tokens.Peek().Kind == TokenKind.LeftDelimiter)
            {
                var delimiter = _tokens.Next();
                if (_tokens.NextNonSpace().Kind == TokenKind.DefineKeyword)
                {
                    Definition();
                    continue;
                }

                _tokens.Backup2(delimiter);
            }

            switch (TextOrAction())
            {
                case Statement statement: root.Add(statement); break;
                case var other: throw _tokens.Fail($"unexpected {other}");
            }
        }

        Add(Source.Name, root, _scope);
    }

    private void Definition()
    {
        const string context = "define clause";
        var name = _tokens.ExpectOneOf(TokenKind.String, TokenKind.RawString, context);
        var text = Unquoting.String(name.Value) ?? throw _tokens.Fail("invalid syntax");
        _tokens.Expect(TokenKind.RightDelimiter, context);
        Body(text, context);
    }

    /// <summary>The body of a define or block, with variables of its own.</summary>
    private void Body(string name, string context)
    {
        var (scope, rangeDepth) = (_scope, _rangeDepth);
        (_scope, _rangeDepth) = (new Scope(), 0);
        var (list, end) = Items();
        if (end is not EndMark) throw _tokens.Fail($"unexpected {end} in {context}");
        Add(name, list, _scope);
        (_scope, _rangeDepth) = (scope, rangeDepth);
    }

    private void Add(string name, ListNode root, Scope scope)
    {
        if (!_bodies.TryGetValue(name, out var present) || present.Root.IsEmpty) _bodies[name] = new TemplateBody(name, root, scope);
        else if (!root.IsEmpty) throw _tokens.Fail($"template: multiple definition of template {Quoting.Quote(name)}");
    }

    private (ListNode List, Node End) Items()
    {
        Enter();
        var list = new ListNode(Source, _tokens.PeekNonSpace().Position);
        while (_tokens.PeekNonSpace().Kind != TokenKind.End)
        {
            switch (TextOrAction())
            {
                case Statement statement:
                    list.Add(statement);
                    break;
                case var mark:
                    Leave();
                    return (list, mark);
            }
        }

        throw _tokens.Fail("unexpected EOF");
    }

    private Node TextOrAction()
    {
        var token = _tokens.NextNonSpace();
        switch (token.Kind)
        {
            case TokenKind.Text:
                return new TextNode(Source, token.Position, token.Value);
            case TokenKind.LeftDelimiter:
                _tokens.ActionLine = token.Line;
                var node = Action();
                _tokens.ActionLine = 0;
                return node;
            default:
                throw _tokens.Unexpected(token, "input");
        }
    }

    private Node Action()
    {
        var token = _tokens.NextNonSpace();
        switch (token.Kind)
        {
            case TokenKind.BlockKeyword: return Block();
            case TokenKind.BreakKeyword: return Jump(token, "break", Flow.Break);
            case TokenKind.ContinueKeyword: return Jump(token, "continue", Flow.Continue);
            case TokenKind.ElseKeyword: return Else();
            case TokenKind.EndKeyword: return new EndMark(Source, _tokens.Expect(TokenKind.RightDelimiter, "end").Position);
            case TokenKind.IfKeyword: return Control("if");
            case TokenKind.RangeKeyword: return Control("range");
            case TokenKind.TemplateKeyword: return Call();
            case TokenKind.WithKeyword: return Control("with");
        }

        _tokens.Backup();
        var position = _tokens.Peek().Position;
        return new ActionNode(Source, position, _pipelines.Pipeline("command", TokenKind.RightDelimiter));
    }

    private JumpNode Jump(Token keyword, string word, Flow flow)
    {
        var token = _tokens.NextNonSpace();
        if (token.Kind != TokenKind.RightDelimiter) throw _tokens.Unexpected(token, $"{{{{{word}}}}}");
        if (_rangeDepth == 0) throw _tokens.Fail($"{{{{{word}}}}} outside {{{{range}}}}");
        return new JumpNode(Source, keyword.Position, word, flow);
    }

    private ElseMark Else()
    {
        var token = _tokens.PeekNonSpace();
        if (token.Kind is TokenKind.IfKeyword or TokenKind.WithKeyword) return new ElseMark(Source, token.Position);
        return new ElseMark(Source, _tokens.Expect(TokenKind.RightDelimiter, "else").Position);
    }

    private Statement Control(string word)
    {
        Enter();
        var mark = _scope.Mark;
        var pipe = _pipelines.Pipeline(word, TokenKind.RightDelimiter);
        var body = _scope.Mark;
        if (word == "range") _rangeDepth++;
        var (list, next) = Items();
        if (word == "range") _rangeDepth--;
        _scope.Kill(body);
        ListNode? otherwise = null;
        if (next is ElseMark)
        {
            // "else if" and "else with" nest without an end of their own.
            var chained = (word, _tokens.Peek().Kind) is ("if", TokenKind.IfKeyword) or ("with", TokenKind.WithKeyword);
            if (chained)
            {
                _tokens.Next();
                otherwise = new ListNode(Source, next.Position);
                otherwise.Add(Control(word));
            }
            else
            {
                (otherwise, next) = Items();
                if (next is not EndMark) throw _tokens.Fail($"expected end; found {next}");
            }
        }

        _scope.Forget(mark);
        Leave();
        return word == "range"
            ? new RangeNode(Source, pipe.Position, pipe, list, otherwise)
            : new BranchNode(Source, pipe.Position, word, pipe, list, otherwise);
    }

    private TemplateNode Block()
    {
        const string context = "block clause";
        var token = _tokens.NextNonSpace();
        var name = TemplateName(token, context);
        var pipe = _pipelines.Pipeline(context, TokenKind.RightDelimiter);
        Body(name, context);
        return Called(token, name, pipe);
    }

    private TemplateNode Call()
    {
        const string context = "template clause";
        var token = _tokens.NextNonSpace();
        var name = TemplateName(token, context);
        if (_tokens.NextNonSpace().Kind == TokenKind.RightDelimiter) return Called(token, name, null);
        _tokens.Backup();
        return Called(token, name, _pipelines.Pipeline(context, TokenKind.RightDelimiter));
    }

    private TemplateNode Called(Token token, string name, PipeNode? pipe)
    {
        var node = new TemplateNode(Source, token.Position, name, pipe);
        _calls.Add(node);
        return node;
    }

    private string TemplateName(Token token, string context)
    {
        if (token.Kind is not (TokenKind.String or TokenKind.RawString)) throw _tokens.Unexpected(token, context);
        return Unquoting.String(token.Value) ?? throw _tokens.Fail("invalid syntax");
    }
}
