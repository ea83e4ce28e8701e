using System.Diagnostics;
using System.Globalization;

namespace Isthmus.Core.Tests.Trust;

/// <summary>OpenSSL's own opinion of a CA, whose texts lie in a folder: <c>ca.pem</c>, <c>key.pem</c>, <c>root.pem</c>, <c>chain.pem</c>.</summary>
internal sealed class OpenSsl(string folder)
{
    // Security level 2 is the one that asks for RSA keys of 2048 bits and refuses SHA-1, as Debian and Azure Linux have it.
    private static readonly string[] Always =
        ["verify", "-auth_level", "2", "-no-CApath", "-no-CAstore", "-attime", Seconds(CertificateShape.Now)];

    public static bool IsThere { get; } = Environment.GetEnvironmentVariable("PATH")?.Split(':').Any(path => File.Exists(Path.Combine(path, "openssl"))) ?? false;

    /// <summary>Whether <c>openssl verify</c> accepts the intermediate, and what istiod would sign with it, now and at the end of its life.</summary>
    public static bool Accepts(TestCa ca, TimeSpan workloadLifetime) => Ask(ca, openssl =>
    {
        openssl.Write("leaf.pem", ca.Signing.Workload(ca.SignsWith, workloadLifetime));
        var end = Seconds(CertificateShape.Now + workloadLifetime - TimeSpan.FromMinutes(1));
        return openssl.Verifies("root.pem", "chain.pem", "ca.pem")
            && openssl.Verifies("root.pem", "chain.pem", "leaf.pem", "-purpose", "sslserver")
            && openssl.Verifies("root.pem", "chain.pem", "leaf.pem", "-purpose", "sslclient", "-attime", end);
    });

    public static T Ask<T>(TestCa ca, Func<OpenSsl, T> question)
    {
        var folder = Directory.CreateTempSubdirectory("isthmus-openssl-");
        try
        {
            var openssl = new OpenSsl(folder.FullName);
            openssl.Write("ca.pem", ca.CaCert);
            openssl.Write("key.pem", ca.CaKey);
            openssl.Write("root.pem", ca.RootCert);
            openssl.Write("chain.pem", ca.CertChain);
            return question(openssl);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public bool Verifies(string root, string chain, string file, params string[] more) =>
        Run([.. Always, "-CAfile", root, "-untrusted", chain, .. more, file]).ExitCode == 0;

    /// <summary>Whether one certificate is signed by another, nothing else asked.</summary>
    public bool IsIssuedBy(string issuer, string file) => Run([.. Always, "-partial_chain", "-no-CAfile", "-trusted", issuer, file]).ExitCode == 0;

    /// <summary>The file's certificates, each in a file of its own.</summary>
    public IReadOnlyList<string> Split(string file)
    {
        const string end = "-----END CERTIFICATE-----";
        var blocks = File.ReadAllText(Path.Combine(folder, file)).Split(end)[..^1];
        return [.. blocks.Select((block, at) => Write($"{at}-{file}", block + end + "\n"))];
    }

    public (int ExitCode, string Output) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException("openssl did not start");
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    private static string Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private string Write(string name, string text)
    {
        File.WriteAllText(Path.Combine(folder, name), text);
        return name;
    }
}
