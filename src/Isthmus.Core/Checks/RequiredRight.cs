namespace Isthmus.Core.Checks;

/// <summary>Something that we do in clusters.</summary>
/// <param name="Group">The API group; empty for Kubernetes' core.</param>
/// <param name="Resource">The plural, with a subresource after a slash.</param>
/// <param name="Verb">Kubernetes' own word.</param>
/// <param name="Scope">Where.</param>
public sealed record RequiredRight(string Group, string Resource, string Verb, RightScope Scope)
{
    /// <summary>As Kubernetes writes it: <c>gateways.networking.istio.io</c>.</summary>
    public string FullResource => Group.Length == 0 ? Resource : $"{Resource}.{Group}";
}
