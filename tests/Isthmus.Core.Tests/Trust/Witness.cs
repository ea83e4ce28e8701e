using System.Globalization;
using System.Text.RegularExpressions;

namespace Isthmus.Core.Tests.Trust;

/// <summary>Another command of OpenSSL, for faults that <c>verify</c> does not look for.</summary>
/// <param name="Command">What is run, as the table shows it.</param>
/// <param name="Sees">Whether it sees the fault.</param>
internal sealed partial record Witness(string Command, Func<OpenSsl, bool> Sees)
{
    /// <summary>verify, told to be strict and to look at a root's own signature.</summary>
    public static readonly Witness Strict = new("`verify -x509_strict -check_ss_sig` refuses",
        openssl => !openssl.Verifies("root.pem", "chain.pem", "ca.pem", "-x509_strict", "-check_ss_sig"));

    public static readonly Witness Key = new("`pkey` cannot read the key", openssl => openssl.Run("pkey", "-in", "key.pem", "-noout", "-passin", "pass:").ExitCode != 0);

    public static readonly Witness Rsa = new("`rsa` finds no key of its kind", openssl => openssl.Run("rsa", "-in", "key.pem", "-noout").ExitCode != 0);

    public static readonly Witness Order = new("`verify -partial_chain`: a certificate is not issued by the next one",
        openssl => openssl.Split("chain.pem") is var blocks && blocks.Zip(blocks.Skip(1)).Any(pair => !openssl.IsIssuedBy(pair.Second, pair.First)));

    public static readonly Witness EachRoot = new("`verify` refuses one of the roots by itself",
        openssl => openssl.Split("root.pem").Any(root => !openssl.Verifies(root, root, root)));

    public static readonly Witness SelfIssued = new("`x509` shows one name as subject and issuer",
        openssl => openssl.Run("x509", "-in", "ca.pem", "-noout", "-subject").Output[8..] == openssl.Run("x509", "-in", "ca.pem", "-noout", "-issuer").Output[7..]);

    public static readonly Witness Request = new("`req` finds a request", openssl => openssl.Run("req", "-in", "chain.pem", "-noout", "-verify").ExitCode == 0);

    public static readonly Witness Trailing = new("`asn1parse` shows a second element",
        openssl => openssl.Run("asn1parse", "-in", "ca.pem").Output.Split('\n').Count(line => line.Contains("d=0 ", StringComparison.Ordinal)) == 2);

    /// <summary>What a file holds, by the count.</summary>
    public static Witness Finds(string file, int count, string? kind = null) => new($"`storeutl{(kind is null ? "" : $" -{kind}")}` finds {count}", openssl =>
        TotalFound().Match(openssl.Run(kind is null ? ["storeutl", "-noout", file] : ["storeutl", "-noout", $"-{kind}", file]).Output) is { Success: true } found
        && int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) == count);

    /// <summary>All certificates of a file are read: one that cannot be fails it.</summary>
    public static Witness Unreadable(string file) => new("`crl2pkcs7` cannot read them all", openssl => openssl.Run("crl2pkcs7", "-nocrl", "-certfile", file).ExitCode != 0);

    /// <summary>The certificate as text shows it so often.</summary>
    public static Witness Text(string text, int times = 1, string file = "ca.pem") => new($"`x509 -text` shows {text}{(times == 1 ? "" : $" {times} times")}",
        openssl => openssl.Run("x509", "-in", file, "-noout", "-text").Output.Split(text).Length == times + 1);

    [GeneratedRegex(@"Total found: (\d+)")]
    private static partial Regex TotalFound();
}
