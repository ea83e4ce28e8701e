using System.Globalization;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Verbs;

/// <summary>The query of a request, read as API servers convert it to options: a flag is true unless it says false or 0.</summary>
internal sealed class CallQuery(IReadOnlyDictionary<string, IReadOnlyList<string>> values)
{
    public bool Has(string name) => values.ContainsKey(name);

    public string Text(string name) => values.TryGetValue(name, out var list) && list.Count > 0 ? list[0] : "";

    public IReadOnlyList<string> All(string name) => values.TryGetValue(name, out var list) ? list : [];

    public bool Flag(string name) =>
        values.TryGetValue(name, out var list) && (list.Count == 0 || list[0].ToLowerInvariant() is not ("false" or "0"));

    public long? Integer(string name)
    {
        var text = Text(name);
        if (text.Length == 0)
        {
            return null;
        }
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw ApiErrors.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }
}
