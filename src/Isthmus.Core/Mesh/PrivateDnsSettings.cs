namespace Isthmus.Core.Mesh;

/// <summary>Where the zones of clusters with <c>dns: private</c> stand.</summary>
/// <param name="ResourceGroup">ARM id of the resource group, without a slash at its end.</param>
public sealed record PrivateDnsSettings(string ResourceGroup);
