using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Isthmus.Core.ControlPlane;

/// <summary>Where <c>networks</c> stands in a text, so that lines can be put there. Lines and columns count from 0.</summary>
internal abstract record MeshNetworksLayout
{
    private const string Key = "networks";

    private MeshNetworksLayout()
    {
    }

    /// <summary>There is no such key; it may be appended.</summary>
    public sealed record Missing(int Indent) : MeshNetworksLayout;

    /// <summary>The key has nothing in it: null or <c>{}</c>. Its line may be written anew.</summary>
    public sealed record Empty(int Line, int Indent, bool IsNull) : MeshNetworksLayout;

    /// <summary>The key's children stand below it, indented by so much.</summary>
    public sealed record Block(int Line, int ChildIndent) : MeshNetworksLayout;

    /// <summary>The text has a form that cannot be edited line by line.</summary>
    public sealed record Unfit(string Reason) : MeshNetworksLayout;

    public static MeshNetworksLayout Find(string text)
    {
        try
        {
            return Find(new Parser(new StringReader(text)), text.Split('\n'));
        }
        catch (YamlException fault)
        {
            return new Unfit($"it is not YAML: line {fault.Start.Line}: {fault.Message}");
        }
    }

    private static MeshNetworksLayout Find(Parser parser, string[] lines)
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
            return new Missing(0);
        MeshNetworksLayout found;
        if (parser.TryConsume<MappingStart>(out var root))
        {
            found = root.Style == MappingStyle.Flow ? OfFlowRoot(parser, root, lines) : OfBlockRoot(parser, lines);
        }
        else if (parser.TryConsume<Scalar>(out var scalar) && scalar.Value.Length == 0)
        {
            found = new Missing(0);
        }
        else
        {
            return new Unfit("it is not a map of fields");
        }

        if (found is Unfit)
            return found;
        var end = parser.Consume<DocumentEnd>();
        if (parser.Accept<DocumentStart>(out _))
            return new Unfit("it holds more than one document");
        return found is Missing && !end.IsImplicit ? new Unfit("it ends with '...'") : found;
    }

    private static MeshNetworksLayout OfFlowRoot(Parser parser, MappingStart root, string[] lines)
    {
        var line = (int)root.Start.Line - 1;
        return parser.TryConsume<MappingEnd>(out var end) && end.End.Line == root.Start.Line && IsBlank(lines[line][..((int)root.Start.Column - 1)])
            ? new Empty(line, 0, IsNull: false)
            : new Unfit("it is written in flow style, {…}: write it in block style, one field a line");
    }

    private static MeshNetworksLayout OfBlockRoot(Parser parser, string[] lines)
    {
        MeshNetworksLayout? found = null;
        var indent = 0;
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = parser.Consume<ParsingEvent>() as Scalar;
            if (key is null)
                return new Unfit("a key in it is not plain text");
            indent = (int)key.Start.Column - 1;
            if (key.Value != Key)
            {
                parser.SkipThisAndNestedEvents();
                continue;
            }

            if (found is not null)
                return new Unfit($"it holds {Key} twice");
            found = OfValue(parser, key, lines);
            if (found is Unfit)
                return found;
        }

        return found ?? new Missing(indent);
    }

    private static MeshNetworksLayout OfValue(Parser parser, Scalar key, string[] lines)
    {
        var line = (int)key.Start.Line - 1;
        var indent = (int)key.Start.Column - 1;
        if (!IsBlank(lines[line][..indent]))
            return new Unfit($"{Key} does not stand on a line of its own");
        if (parser.TryConsume<Scalar>(out var scalar))
        {
            var isNull = scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or "Null" or "NULL" } && scalar.Anchor.IsEmpty;
            return isNull && scalar.Start.Line == key.Start.Line ? new Empty(line, indent, IsNull: true) : new Unfit($"{Key} is not a map of networks");
        }

        if (!parser.TryConsume<MappingStart>(out var map))
            return new Unfit($"{Key} is not a map of networks");
        if (map.Style == MappingStyle.Flow)
        {
            return parser.TryConsume<MappingEnd>(out var end) && end.End.Line == key.Start.Line && map.Anchor.IsEmpty
                ? new Empty(line, indent, IsNull: false)
                : new Unfit($"{Key} is written in flow style, {{…}}: write it in block style, one network below the other");
        }

        if (parser.Current is not Scalar first || !IsBlank(lines[(int)first.Start.Line - 1][..((int)first.Start.Column - 1)]))
            return new Unfit($"the first network does not stand on a line of its own");
        while (!parser.TryConsume<MappingEnd>(out _))
            parser.SkipThisAndNestedEvents();
        return new Block(line, (int)first.Start.Column - 1);
    }

    private static bool IsBlank(string margin) => margin.All(letter => letter == ' ');
}
