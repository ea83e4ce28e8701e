namespace Isthmus.Embedded.Vault;

/// <summary>What a vault is to do amiss: throttle, refuse, or let something happen just before it answers.</summary>
public sealed class VaultFaults
{
    private readonly Lock _lock = new();
    private int _throttled;
    private TimeSpan _retryAfter;

    /// <summary>Requests whose path begins so are refused as the vault's access control does; null for none.</summary>
    public string? ForbiddenPath { get; set; }

    /// <summary>Called with the path of each authenticated request before it is answered.</summary>
    public Action<string>? BeforeAnswer { get; set; }

    /// <summary>The next requests are answered 429 with this Retry-After, in whole seconds.</summary>
    public void Throttle(int requests, TimeSpan retryAfter)
    {
        lock (_lock)
            (_throttled, _retryAfter) = (requests, retryAfter);
    }

    internal TimeSpan? NextThrottle()
    {
        lock (_lock)
            return _throttled-- > 0 ? _retryAfter : null;
    }
}
