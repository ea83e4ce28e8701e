using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Isthmus.Core.Mesh;

/// <summary>A YAML node that knows its line: what errors of the mesh document point at.</summary>
internal abstract record YamlTree(int Line)
{
    private const int MaxDepth = 32;

    public sealed record Scalar(int Line, string Text, bool Quoted) : YamlTree(Line)
    {
        public bool IsNull => !Quoted && Text is "" or "~" or "null";
    }

    public sealed record Map(int Line, IReadOnlyList<(string Key, int Line, YamlTree Value)> Entries) : YamlTree(Line);

    public sealed record Items(int Line, IReadOnlyList<YamlTree> Values) : YamlTree(Line);

    /// <summary>Reads exactly one document; throws <see cref="YamlException"/> for what is not YAML or not allowed here.</summary>
    public static YamlTree Read(string yaml)
    {
        var parser = new Parser(new StringReader(yaml));
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
            throw new YamlException(Mark.Empty, Mark.Empty, "the document is empty");
        var root = Node(parser, 0);
        parser.Consume<DocumentEnd>();
        if (parser.Accept<DocumentStart>(out var second))
            throw new YamlException(second.Start, second.End, "a second document follows: one mesh document a file");
        return root;
    }

    private static YamlTree Node(IParser parser, int depth)
    {
        if (depth > MaxDepth)
            throw new YamlException(parser.Current?.Start ?? Mark.Empty, Mark.Empty, $"nested deeper than {MaxDepth} levels");
        if (parser.TryConsume<YamlDotNet.Core.Events.Scalar>(out var scalar))
            return new Scalar((int)scalar.Start.Line, scalar.Value, scalar.Style is not ScalarStyle.Plain);
        if (parser.TryConsume<SequenceStart>(out var sequence))
        {
            var values = new List<YamlTree>();
            while (!parser.TryConsume<SequenceEnd>(out _))
                values.Add(Node(parser, depth + 1));
            return new Items((int)sequence.Start.Line, values);
        }

        if (parser.TryConsume<MappingStart>(out var mapping))
            return new Map((int)mapping.Start.Line, ReadEntries(parser, depth));
        var other = parser.Consume<ParsingEvent>();
        throw new YamlException(other.Start, other.End, "anchors and aliases are not used in a mesh document");
    }

    private static List<(string Key, int Line, YamlTree Value)> ReadEntries(IParser parser, int depth)
    {
        var entries = new List<(string, int, YamlTree)>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<YamlDotNet.Core.Events.Scalar>(out var key))
                throw new YamlException(parser.Current?.Start ?? Mark.Empty, Mark.Empty, "a key has to be plain text");
            entries.Add((key.Value, (int)key.Start.Line, Node(parser, depth + 1)));
        }

        return entries;
    }
}
