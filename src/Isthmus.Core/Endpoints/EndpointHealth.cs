namespace Isthmus.Core.Endpoints;

/// <summary>What an endpoint's registry says of it.</summary>
public enum EndpointHealth
{
    Healthy,
    Unhealthy,
    /// <summary>Takes no new sessions, but keeps those that it has.</summary>
    Draining,
    Terminating,
}
