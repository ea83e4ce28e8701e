using System.Security.Cryptography;

namespace GoTemplate;

/// <summary>What the Sprig functions may know of the world outside the template.</summary>
public sealed record SprigOptions
{
    /// <summary>The system's clock and random numbers, no environment.</summary>
    public static SprigOptions Default { get; } = new();

    /// <summary>The clock of now and ago, and the zone that Sprig calls local.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Random bytes, so many, for randAlpha, uuidv4, shuffle and others.</summary>
    public Func<int, byte[]> RandomBytes { get; init; } = RandomNumberGenerator.GetBytes;

    /// <summary>Looks up environment variables for env and expandenv; null makes a call of them fail.</summary>
    public Func<string, string?>? Environment { get; init; }

    /// <summary>Functions that are known and fail when called: they need the network, or make keys and certificates.</summary>
    public static IReadOnlyList<string> Unsupported { get; } =
    [
        "bcrypt", "buildCustomCert", "derivePassword", "genCA", "genCAWithKey", "genPrivateKey", "genSelfSignedCert",
        "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey", "getHostByName", "htpasswd",
    ];
}
