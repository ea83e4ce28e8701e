using GoTemplate.Execution;
using GoTemplate.Formatting;

namespace GoTemplate.Parsing;

/// <summary>Parses what stands inside an action: pipelines, commands, operands.</summary>
internal sealed class PipelineParser(Parser parser, TokenReader tokens)
{
    private TemplateSource Source => parser.Source;

    public PipeNode Pipeline(string context, TokenKind end)
    {
        parser.Enter();
        var position = tokens.PeekNonSpace().Position;
        var mark = parser.Scope.Mark;
        var pipe = new PipeNode(Source, position);
        Declarations(pipe, context);
        while (true)
        {
            var token = tokens.NextNonSpace();
            if (token.Kind == end)
            {
                Check(pipe, context);
                parser.Scope.MakeLive(mark);
                parser.Leave();
                return pipe;
            }

            if (!StartsOperand(token.Kind)) throw tokens.Unexpected(token, context);
            tokens.Backup();
            pipe.Add(Command());
        }
    }

    private static bool StartsOperand(TokenKind kind) => kind is
        TokenKind.Bool or TokenKind.CharConstant or TokenKind.Complex or TokenKind.Dot or TokenKind.Field or TokenKind.Identifier
        or TokenKind.Number or TokenKind.NilKeyword or TokenKind.RawString or TokenKind.String or TokenKind.Variable or TokenKind.LeftParen;

    private void Declarations(PipeNode pipe, string context)
    {
        while (tokens.PeekNonSpace() is { Kind: TokenKind.Variable } variable)
        {
            tokens.NextNonSpace();
            var adjacent = tokens.Peek();
            var next = tokens.PeekNonSpace();
            if (next.Kind is TokenKind.Assign or TokenKind.Declare)
            {
                tokens.NextNonSpace();
                pipe.Declare(variable.Value, next.Kind == TokenKind.Assign);
                Bind(pipe);
                return;
            }

            if (next is not { Kind: TokenKind.Char, Value: "," })
            {
                if (adjacent.Kind == TokenKind.Space) tokens.Backup3(variable, adjacent);
                else tokens.Backup2(variable);
                Bind(pipe);
                return;
            }

            tokens.NextNonSpace();
            pipe.Declare(variable.Value, false);
            if (context != "range" || pipe.Declared.Count >= 2) throw tokens.Fail($"too many declarations in {context}");
            if (tokens.PeekNonSpace().Kind is not (TokenKind.Variable or TokenKind.RightDelimiter or TokenKind.RightParen))
                throw tokens.Fail("range can only initialize variables");
        }

        Bind(pipe);
    }

    /// <summary>Gives the declared names their slots; an assignment uses those of the variables that it finds.</summary>
    private void Bind(PipeNode pipe)
    {
        foreach (var name in pipe.Declared)
        {
            pipe.Slots.Add(pipe.IsAssignment ? parser.Scope.Resolve(name) : parser.Scope.Declare(name));
            if (pipe.IsAssignment) parser.Scope.Mention(name);
        }
    }

    private void Check(PipeNode pipe, string context)
    {
        if (pipe.Commands.Count == 0) throw tokens.Fail($"missing value for {context}");
        for (var i = 1; i < pipe.Commands.Count; i++)
        {
            if (pipe.Commands[i].Operands[0] is ConstantNode or DotNode or NilNode)
                throw tokens.Fail($"non executable command in pipeline stage {i + 1}");
        }
    }

    private CommandNode Command()
    {
        var command = new CommandNode(Source, tokens.PeekNonSpace().Position);
        while (true)
        {
            tokens.PeekNonSpace();
            if (Operand() is { } operand) command.Add(operand);
            var token = tokens.Next();
            if (token.Kind == TokenKind.Space) continue;
            if (token.Kind is TokenKind.RightDelimiter or TokenKind.RightParen) tokens.Backup();
            else if (token.Kind != TokenKind.Pipe) throw tokens.Unexpected(token, "operand");
            break;
        }

        if (command.Operands.Count == 0) throw tokens.Fail("empty command");
        command.Seal();
        return command;
    }

    private Operand? Operand()
    {
        var node = Term();
        if (node is null || tokens.Peek().Kind != TokenKind.Field) return node;
        var position = tokens.Peek().Position;
        var fields = new List<string>();
        while (tokens.Peek().Kind == TokenKind.Field) fields.Add(tokens.Next().Value[1..]);
        // Go moves fields and variables to the position of the chain that follows them.
        return node switch
        {
            FieldNode field => new FieldNode(Source, position, [.. field.Names, .. fields]),
            VariableNode variable => new VariableNode(Source, position, variable.Name, variable.Slot, [.. variable.Fields, .. fields]),
            ConstantNode or NilNode or DotNode => throw tokens.Fail($"unexpected . after term {Quoting.Quote(node.ToString())}"),
            _ => new ChainNode(Source, position, node, [.. fields]),
        };
    }

    private Operand? Term()
    {
        var token = tokens.NextNonSpace();
        switch (token.Kind)
        {
            case TokenKind.Identifier:
                var function = parser.Functions.Find(token.Value)
                    ?? throw tokens.Fail($"function {Quoting.Quote(token.Value)} not defined");
                parser.Mutates |= function.Mutates;
                return new FunctionNode(Source, token.Position, function);
            case TokenKind.Dot:
                return new DotNode(Source, token.Position);
            case TokenKind.NilKeyword:
                return new NilNode(Source, token.Position);
            case TokenKind.Variable:
                if (!parser.Scope.Knows(token.Value)) throw tokens.Fail($"undefined variable {Quoting.Quote(token.Value)}");
                return new VariableNode(Source, token.Position, token.Value, parser.Scope.Resolve(token.Value), []);
            case TokenKind.Field:
                return new FieldNode(Source, token.Position, [token.Value[1..]]);
            case TokenKind.Bool:
                return new BoolNode(Source, token.Position, token.Value == "true");
            case TokenKind.CharConstant or TokenKind.Complex or TokenKind.Number:
                var number = NumberConstant.Parse(token.Value, token.Kind, out var error) ?? throw tokens.Fail(error);
                return new NumberNode(Source, token.Position, number);
            case TokenKind.LeftParen:
                return Pipeline("parenthesized pipeline", TokenKind.RightParen);
            case TokenKind.String or TokenKind.RawString:
                var text = Unquoting.String(token.Value) ?? throw tokens.Fail("invalid syntax");
                return new StringNode(Source, token.Position, token.Value, text);
            default:
                tokens.Backup();
                return null;
        }
    }
}
