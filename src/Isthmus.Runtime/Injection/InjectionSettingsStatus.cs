using Isthmus.Core.Mesh;

namespace Isthmus.Runtime.Injection;

/// <summary>What is cached for one cluster and revision.</summary>
/// <param name="Cluster">The cluster of the pods.</param>
/// <param name="Revision">The revision or tag that was asked for.</param>
/// <param name="IstioVersion">Version of the settings in use; null where there are none.</param>
/// <param name="LoadedAt">When the settings in use were last found to hold.</param>
/// <param name="Error">Why the last look failed, in which case older settings stay in use; null where it succeeded.</param>
public sealed record InjectionSettingsStatus(ClusterName Cluster, string Revision, string? IstioVersion, DateTimeOffset? LoadedAt, string? Error);
