using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Apply;

/// <summary>
/// A set of field paths, as <c>fieldsV1</c> writes it. Path elements are its keys: <c>f:name</c>, <c>k:{"name":"a"}</c>, <c>v:"x"</c>.
/// </summary>
internal sealed class FieldSet
{
    private const string Self = ".";

    private readonly SortedDictionary<string, FieldSet> _children = new(StringComparer.Ordinal);

    /// <summary>Whether the field that this node stands for is itself in the set, not only fields below it.</summary>
    public bool IsMember { get; private set; }

    public bool IsEmpty => !IsMember && _children.Values.All(c => c.IsEmpty);

    public bool HasFieldsBelow => _children.Values.Any(c => !c.IsEmpty);

    public static FieldSet Parse(JsonObject? fields)
    {
        var set = new FieldSet();
        foreach (var (key, value) in fields ?? [])
        {
            if (key == Self)
            {
                set.IsMember = true;
                continue;
            }
            var below = value as JsonObject;
            var child = Parse(below);
            child.IsMember |= below is null or { Count: 0 };
            set._children[key] = child;
        }
        return set;
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject();
        if (IsMember && HasFieldsBelow)
        {
            json[Self] = new JsonObject();
        }
        foreach (var (element, child) in _children.Where(c => !c.Value.IsEmpty))
        {
            json[element] = child.ToJson();
        }
        return json;
    }

    public FieldSet? Below(string element) => _children.GetValueOrDefault(element);

    public void Insert(IEnumerable<string> path)
    {
        var node = this;
        foreach (var element in path)
        {
            if (!node._children.TryGetValue(element, out var child))
            {
                child = new FieldSet();
                node._children[element] = child;
            }
            node = child;
        }
        node.IsMember = true;
    }

    public FieldSet Union(FieldSet other) => Combine(this, other, (a, b) => a || b);

    public FieldSet Intersect(FieldSet other) => Combine(this, other, (a, b) => a && b);

    public FieldSet Except(FieldSet other) => Combine(this, other, (a, b) => a && !b);

    /// <summary>Without the given fields and all that is below them.</summary>
    public FieldSet WithoutTree(FieldSet other)
    {
        var left = new FieldSet { IsMember = IsMember };
        foreach (var (element, child) in _children)
        {
            var gone = other.Below(element);
            if (gone is null)
            {
                left._children[element] = child;
            }
            else if (!gone.IsMember)
            {
                left._children[element] = child.WithoutTree(gone);
            }
        }
        return left;
    }

    /// <summary>All paths in the set, in order.</summary>
    public IEnumerable<IReadOnlyList<string>> Paths() => Paths([]);

    private IEnumerable<IReadOnlyList<string>> Paths(List<string> above)
    {
        if (IsMember && above.Count > 0)
        {
            yield return above;
        }
        foreach (var (element, child) in _children)
        {
            foreach (var path in child.Paths([.. above, element]))
            {
                yield return path;
            }
        }
    }

    private static FieldSet Combine(FieldSet a, FieldSet b, Func<bool, bool, bool> member)
    {
        var combined = new FieldSet { IsMember = member(a.IsMember, b.IsMember) };
        foreach (var element in a._children.Keys.Union(b._children.Keys))
        {
            var child = Combine(a.Below(element) ?? new FieldSet(), b.Below(element) ?? new FieldSet(), member);
            if (!child.IsEmpty)
            {
                combined._children[element] = child;
            }
        }
        return combined;
    }
}
