using Isthmus.Core.Injection;

namespace Isthmus.Core.Checks;

/// <summary>One istiod of a cluster, by its Deployment.</summary>
/// <param name="Name">The Deployment's name.</param>
/// <param name="Revision">Its revision; <c>default</c> where it has none.</param>
/// <param name="Version">Null where neither image nor labels name one.</param>
/// <param name="ReadyReplicas">How many of its pods are ready.</param>
/// <param name="Environment">Its variables with plain values.</param>
/// <param name="MeshConfig">The mesh config in its ConfigMap; null where there is none.</param>
public sealed record SeenIstiod(
    string Name, string Revision, IstioVersion? Version, int ReadyReplicas, IReadOnlyDictionary<string, string> Environment, string? MeshConfig);
