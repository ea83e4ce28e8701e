namespace Isthmus.Core.Injection;

/// <summary>Settings, or every reason why there are none.</summary>
public sealed record InjectionSettingsResult(InjectionSettings? Settings, IReadOnlyList<string> Errors)
{
    /// <summary>The settings, where they are known to be valid.</summary>
    /// <exception cref="FormatException">They are not.</exception>
    public InjectionSettings GetSettings() => Settings ?? throw new FormatException(string.Join("; ", Errors));
}
