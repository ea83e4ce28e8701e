namespace Isthmus.Runtime.Injection;

/// <summary>How long settings are used before they are looked at again.</summary>
public sealed record InjectionCacheOptions
{
    /// <summary>After this time a request starts a look in the background, and is itself answered from what there is.</summary>
    public TimeSpan RevalidateAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For one load; requests that wait for it have deadlines of their own.</summary>
    public TimeSpan LoadTimeout { get; init; } = TimeSpan.FromSeconds(20);
}
