using System.Text;

namespace Isthmus.Core.Tests.Trust;

/// <summary>The table of bad CAs as a page of the documentation.</summary>
internal static class CaFaultsPage
{
    public static string Write()
    {
        var page = new StringBuilder()
            .Append("# Faults for which a CA is refused\n\n")
            .Append("Written by `UPDATE_GOLDEN=1` from the table that the tests run (`tests/Isthmus.Core.Tests/Trust/BadCas.cs`); each row is a CA with this one fault. Why so:\n")
            .Append("[decision 10](decisions/0010-ca-validation.md).\n\n")
            .Append($"{BadCas.All.Count} faults. `openssl verify` refuses {BadCas.All.Count(row => row.Stricter is null)}; of the others {BadCas.All.Count(row => row.Witness is not null)} are seen by another of its commands.\n\n")
            .Append("| fault | the message has | OpenSSL |\n|---|---|---|\n");
        foreach (var row in BadCas.All)
            page.Append($"| {row.Name} | {row.Fault.Replace("|", "\\|", StringComparison.Ordinal)} | {Verdict(row)} |\n");
        return page.ToString();
    }

    private static string Verdict(BadCa row) => row switch
    {
        { Stricter: null } => "`verify` refuses",
        { Witness: { } witness } => $"{witness.Command} ({row.Stricter})",
        _ => $"accepts: {row.Stricter}",
    };
}
