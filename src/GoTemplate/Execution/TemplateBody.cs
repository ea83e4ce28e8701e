using GoTemplate.Parsing;

namespace GoTemplate.Execution;

/// <summary>One named template: what is between define and end, or the text as a whole.</summary>
internal sealed class TemplateBody(string name, ListNode root, Scope scope)
{
    public string Name => name;

    public ListNode Root => root;

    /// <summary>How many variables it has, $ included.</summary>
    public int Slots { get; } = scope.Slots;
}
