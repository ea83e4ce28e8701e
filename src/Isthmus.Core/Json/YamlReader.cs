using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Isthmus.Core.Json;

/// <summary>Turns the events of a YAML parser into JSON nodes, with go-yaml's meaning of tags, merges and aliases.</summary>
internal sealed class YamlReader
{
    /// <summary>Deep enough for every CRD; JSON readers commonly stop at 64.</summary>
    private const int MaxDepth = 256;

    /// <summary>Nodes that all aliases of a document may add: go-yaml too refuses documents that explode.</summary>
    private const int MaxAliasedNodes = 100_000;

    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly bool _lastKeyWins;
    private readonly Dictionary<string, (JsonNode? Node, int Size)> _anchors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private bool _ahead;
    private int _nodes;
    private int _aliased;

    private YamlReader(string text, bool lastKeyWins)
    {
        _scanner = new Scanner(new StringReader(text));
        _parser = new Parser(_scanner);
        _lastKeyWins = lastKeyWins;
    }

    public static IEnumerable<JsonNode?> Documents(string text, bool lastKeyWins)
    {
        var reader = new YamlReader(text.StartsWith('\uFEFF') ? text[1..] : text, lastKeyWins);
        while (reader.TryDocument(out JsonNode? document))
            yield return document;
    }

    private bool TryDocument(out JsonNode? document)
    {
        document = null;
        while (_ahead || Next())
        {
            _ahead = false;
            if (_parser.Current is not DocumentStart)
                continue;
            (_nodes, _aliased) = (0, 0);
            _anchors.Clear();
            document = Node(Advance(), 0);
            Advance();
            // YamlDotNet ends a document at some keys that libyaml refuses; what follows must be a new document, or nothing.
            _ahead = Next();
            return true;
        }
        return false;
    }

    private bool Next()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (YamlException problem)
        {
            throw new YamlFormatException(problem.Start.Line, problem.Message, problem);
        }
        catch (Exception problem) when (problem is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet throws these for some indicators where no value may start, such as "}" in a list, and for tags that are no URI.
            throw new YamlFormatException(_scanner.CurrentPosition.Line, "did not find expected node content", problem);
        }
    }

    private ParsingEvent Advance() => Next() && _parser.Current is ParsingEvent current
        ? current
        : throw new YamlFormatException(0, "unexpected end of the document");

    private JsonNode? Node(ParsingEvent at, int depth)
    {
        if (depth > MaxDepth)
            throw new YamlFormatException(at.Start.Line, $"exceeded max depth of {MaxDepth}");
        if (at is AnchorAlias alias)
            return Alias(alias);
        string anchor = at is NodeEvent { Anchor.IsEmpty: false } anchored ? anchored.Anchor.Value : "";
        if (anchor.Length > 0)
            _open.Add(anchor);
        int before = _nodes++;
        JsonNode? node = at switch
        {
            Scalar scalar => YamlScalars.Resolve(scalar.Value, Tag(scalar.Tag), scalar.Style == ScalarStyle.Plain, scalar.Start.Line),
            SequenceStart => Sequence(depth),
            MappingStart start => Mapping(start.Start.Line, depth),
            _ => throw new YamlFormatException(at.Start.Line, $"unexpected {at.GetType().Name}"),
        };
        if (anchor.Length > 0)
        {
            _open.Remove(anchor);
            _anchors[anchor] = (node, _nodes - before);
        }
        return node;
    }

    private static string Tag(TagName tag) => tag.IsEmpty ? "" : tag.IsNonSpecific ? "!" : tag.Value;

    private JsonNode? Alias(AnchorAlias alias)
    {
        string name = alias.Value.Value;
        if (_open.Contains(name))
            throw new YamlFormatException(alias.Start.Line, $"anchor '{name}' value contains itself");
        if (!_anchors.TryGetValue(name, out (JsonNode? Node, int Size) target))
            throw new YamlFormatException(alias.Start.Line, $"unknown anchor '{name}' referenced");
        _aliased += target.Size;
        _nodes += target.Size;
        if (_aliased > MaxAliasedNodes)
            throw new YamlFormatException(alias.Start.Line, "document contains excessive aliasing");
        return target.Node?.DeepClone();
    }

    private JsonArray Sequence(int depth)
    {
        var list = new JsonArray();
        for (ParsingEvent at = Advance(); at is not SequenceEnd; at = Advance())
            list.Add(Node(at, depth + 1));
        return list;
    }

    private JsonObject Mapping(long line, int depth)
    {
        var map = new JsonObject();
        HashSet<string>? merged = null;
        for (ParsingEvent at = Advance(); at is not MappingEnd; at = Advance())
        {
            if (at is Scalar { Value: "<<", Style: ScalarStyle.Plain } or Scalar { Tag: { IsEmpty: false, Value: YamlScalars.MergeTag } })
            {
                merged ??= new HashSet<string>(StringComparer.Ordinal);
                Merge(map, Node(Advance(), depth + 1), merged, at.Start.Line);
                continue;
            }
            string key = YamlScalars.Key(at is Scalar or AnchorAlias ? Node(at, depth + 1) : throw new YamlFormatException(line, "invalid map key"), at.Start.Line);
            JsonNode? value = Node(Advance(), depth + 1);
            if (map.TryAdd(key, value))
                continue;
            if (!_lastKeyWins && merged?.Remove(key) != true)
                throw new YamlFormatException(at.Start.Line, $"key \"{key}\" already set in map");
            map[key] = value;
        }
        return map;
    }

    /// <summary>The merge key; of several maps the first wins, and, by go-yaml v2's rule, keys that stand before it are overwritten.</summary>
    private static void Merge(JsonObject map, JsonNode? source, HashSet<string> merged, long line)
    {
        JsonNode?[] sources = source is JsonArray list ? [.. list.Reverse()] : [source];
        foreach (JsonNode? item in sources)
        {
            if (item is not JsonObject from)
                throw new YamlFormatException(line, "map merge requires map or sequence of maps as the value");
            foreach ((string key, JsonNode? value) in from)
            {
                map[key] = value?.DeepClone();
                merged.Add(key);
            }
        }
    }
}
