using System.Diagnostics;
using System.Globalization;

namespace Isthmus.Core.Tests.Trust;

/// <summary>OpenSSL's own opinion of a CA: whether it accepts the intermediate, and what istiod would sign with it.</summary>
internal static class OpenSsl
{
    // Security level 2 is the one that asks for RSA keys of 2048 bits and refuses SHA-1, as Debian and Azure Linux have it.
    private static readonly string[] Always = ["verify", "-auth_level", "2", "-no-CApath", "-no-CAstore"];

    public static bool IsThere { get; } = Environment.GetEnvironmentVariable("PATH")?.Split(':').Any(path => File.Exists(Path.Combine(path, "openssl"))) ?? false;

    public static bool Accepts(TestCa ca, TimeSpan workloadLifetime)
    {
        var folder = Directory.CreateTempSubdirectory("isthmus-openssl-");
        try
        {
            var (ca1, root, chain, leaf) = (Write("ca.pem", ca.CaCert), Write("root.pem", ca.RootCert), Write("chain.pem", ca.CertChain), Write("leaf.pem", ca.Signing.Workload(ca.SignsWith, workloadLifetime)));
            var start = CertificateShape.Now;
            return Verify(root, chain, ca1, start)
                && Verify(root, chain, leaf, start, "-purpose", "sslserver")
                && Verify(root, chain, leaf, start + workloadLifetime - TimeSpan.FromMinutes(1), "-purpose", "sslclient");
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        string Write(string name, string text)
        {
            var path = Path.Combine(folder.FullName, name);
            File.WriteAllText(path, text);
            return path;
        }
    }

    private static bool Verify(string root, string chain, string file, DateTimeOffset at, params string[] more)
    {
        string[] arguments =
        [
            .. Always, "-attime", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), "-CAfile", root, "-untrusted", chain, .. more, file,
        ];
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException("openssl did not start");
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
