namespace Isthmus.Embedded.Auth;

/// <summary>What somebody wants to do: a verb on a resource, or on a path outside the resources.</summary>
internal sealed record AccessRequest(
    string Verb, string Group = "", string Resource = "", string Subresource = "", string Namespace = "", string Name = "", string? Path = null)
{
    public string ResourceWithSub => Subresource.Length == 0 ? Resource : $"{Resource}/{Subresource}";
}
