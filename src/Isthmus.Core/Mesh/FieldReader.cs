using System.Collections.Immutable;
using System.Globalization;

namespace Isthmus.Core.Mesh;

/// <summary>Reads the fields of one map and collects every fault: wrong types, missing, duplicate and unknown fields.</summary>
internal sealed class FieldReader
{
    private readonly List<MeshDocumentError> _errors;
    private readonly Dictionary<string, (int Line, YamlTree Value)> _fields = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public FieldReader(YamlTree.Map map, string path, List<MeshDocumentError> errors)
    {
        _errors = errors;
        Path = path;
        Line = map.Line;
        foreach (var (key, line, value) in map.Entries)
        {
            if (!_fields.TryAdd(key, (line, value)))
                errors.Add(new MeshDocumentError(At(key), line, $"is given twice; first in line {_fields[key].Line}"));
        }
    }

    public string Path { get; }

    public int Line { get; }

    public string At(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    public bool Has(string key) => _fields.TryGetValue(key, out var field) && field.Value is not YamlTree.Scalar { IsNull: true };

    public void Error(string key, string message) => _errors.Add(new MeshDocumentError(At(key), LineOf(key), message));

    public int LineOf(string key) => _fields.TryGetValue(key, out var field) ? field.Line : Line;

    public string? Text(string key)
    {
        if (!TryTake(key, out var value))
            return null;
        if (value is YamlTree.Scalar scalar)
            return scalar.Text;
        Error(key, "has to be text");
        return null;
    }

    public string? RequiredText(string key)
    {
        if (Has(key))
            return Text(key);
        _known.Add(key);
        Error(key, "is required");
        return null;
    }

    public string Choice(string key, string fallback, params string[] choices)
    {
        if (Text(key) is not { } text)
            return fallback;
        if (choices.Contains(text, StringComparer.Ordinal))
            return text;
        Error(key, $"is '{text}', but has to be one of: {string.Join(", ", choices)}");
        return fallback;
    }

    public long Number(string key, long fallback, long least, long most)
    {
        if (Text(key) is not { } text)
            return fallback;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Error(key, $"is '{text}', but has to be a number from {least} {(most == long.MaxValue ? "on" : $"to {most}")}");
        return fallback;
    }

    /// <summary>A span in Go's form, such as 24h or 1h30m.</summary>
    public TimeSpan Span(string key, TimeSpan fallback, TimeSpan least, TimeSpan most)
    {
        if (Text(key) is not { } text)
            return fallback;
        if (SpanText.TryParse(text, out var span) && span >= least && span <= most)
            return span;
        Error(key, $"is '{text}', but has to be a span such as 90s, 45m or 24h, from {SpanText.Of(least)} to {SpanText.Of(most)}");
        return fallback;
    }

    public bool Flag(string key)
    {
        if (Text(key) is not { } text)
            return false;
        if (text is "true" or "false")
            return text == "true";
        Error(key, $"is '{text}', but has to be true or false");
        return false;
    }

    /// <summary>The texts of a list, each with its line and path; empty where the field is absent or no list.</summary>
    public ImmutableArray<(string Text, string Path, int Line)> Texts(string key)
    {
        var texts = ImmutableArray.CreateBuilder<(string, string, int)>();
        foreach (var (value, path) in Values(key))
        {
            if (value is YamlTree.Scalar { IsNull: false } scalar)
                texts.Add((scalar.Text, path, scalar.Line));
            else
                _errors.Add(new MeshDocumentError(path, value.Line, "has to be text"));
        }

        return texts.ToImmutable();
    }

    public ImmutableSortedDictionary<string, string> TextMap(string key)
    {
        var map = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (Map(key) is { } reader)
        {
            foreach (var name in reader._fields.Keys)
                map[name] = reader.Text(name) ?? "";
        }

        return map.ToImmutable();
    }

    public FieldReader? Map(string key)
    {
        if (!TryTake(key, out var value))
            return null;
        if (value is YamlTree.Map map)
            return new FieldReader(map, At(key), _errors);
        Error(key, "has to be a map of fields");
        return null;
    }

    public IEnumerable<FieldReader> Maps(string key)
    {
        foreach (var (value, path) in Values(key))
        {
            if (value is YamlTree.Map map)
                yield return new FieldReader(map, path, _errors);
            else
                _errors.Add(new MeshDocumentError(path, value.Line, "has to be a map of fields"));
        }
    }

    /// <summary>Reports the fields that nobody asked for; call it last.</summary>
    public void Finish()
    {
        foreach (var key in _fields.Keys.Where(key => !_known.Contains(key)))
        {
            var nearest = _known.Where(known => EditDistance(key, known) <= 2).MinBy(known => (EditDistance(key, known), known));
            Error(key, nearest is null
                ? $"is unknown; known here: {string.Join(", ", _known.Order(StringComparer.Ordinal))}"
                : $"is unknown; did you mean '{nearest}'?");
        }
    }

    private IEnumerable<(YamlTree Value, string Path)> Values(string key)
    {
        if (!TryTake(key, out var value))
            return [];
        if (value is YamlTree.Items items)
            return items.Values.Select((item, index) => (item, $"{At(key)}[{index}]"));
        Error(key, "has to be a list");
        return [];
    }

    private bool TryTake(string key, out YamlTree value)
    {
        _known.Add(key);
        if (Has(key))
        {
            value = _fields[key].Value;
            return true;
        }

        value = new YamlTree.Scalar(Line, "", false);
        return false;
    }

    private static int EditDistance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]);
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1)));
            }
        }

        return row[right.Length];
    }
}
