using Isthmus.Core.Endpoints;

namespace Isthmus.Runtime.Endpoints;

/// <summary>What the clusters said. One that could not be read is missing from the views and stands among the failures.</summary>
public sealed record ServiceObservation(IReadOnlyList<ServiceView> Views, ServicePolicies Policies, IReadOnlyList<string> Failures);
