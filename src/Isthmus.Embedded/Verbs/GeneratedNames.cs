using System.Security.Cryptography;

namespace Isthmus.Embedded.Verbs;

/// <summary>Names from generateName: the prefix, cut to fit, and five characters of Kubernetes' alphabet (no vowels, so no words).</summary>
internal static class GeneratedNames
{
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";
    private const int SuffixLength = 5;
    private const int NameLimit = 63;

    public static string From(string prefix) =>
        prefix[..Math.Min(prefix.Length, NameLimit - SuffixLength)] + RandomNumberGenerator.GetString(Alphabet, SuffixLength);
}
