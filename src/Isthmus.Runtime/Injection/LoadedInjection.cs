using Isthmus.Core.Injection;

namespace Isthmus.Runtime.Injection;

/// <summary>Settings that parsed as a whole, the texts they came from, and what else injection looks at in the cluster.</summary>
public sealed record LoadedInjection(InjectionSettingsInput Input, InjectionSettings Settings, ClusterFacts Facts);
