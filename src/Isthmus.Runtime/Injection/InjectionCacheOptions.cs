namespace Isthmus.Runtime.Injection;

/// <summary>How long settings are used before they are looked at again.</summary>
public sealed record InjectionCacheOptions
{
    /// <summary>After this time a request starts a look in the background, and is itself answered from what there is.</summary>
    public TimeSpan RevalidateAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// After this time a request waits for the look, since nobody has asked for so long: else the first pod of a rollout after a change of the
    /// settings, an upgrade of Istio say, would come up as before it.
    /// </summary>
    public TimeSpan WaitAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a look may be waited for where there are settings already, from its beginning on.</summary>
    public TimeSpan LookPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>For one load; requests that wait for it have deadlines of their own.</summary>
    public TimeSpan LoadTimeout { get; init; } = TimeSpan.FromSeconds(20);
}
