using System.Collections.Immutable;

namespace Isthmus.Core.Trust;

/// <summary>One block of a PEM text, counted from 1. A class, so that nothing prints its content by accident.</summary>
internal sealed class PemBlock(int number, string label, byte[] content, bool isEncrypted)
{
    public int Number { get; } = number;

    /// <summary>As it stands between BEGIN and the dashes; empty where it is no text to repeat in a message.</summary>
    public string Label { get; } = label.Length <= 40 && label.All(letter => letter is ' ' or (>= 'A' and <= 'Z') or (>= '0' and <= '9')) ? label : "";

    public byte[] Content { get; } = content;

    /// <summary>Whether its headers say that it is encrypted, as OpenSSL's old form of keys does.</summary>
    public bool IsEncrypted { get; } = isEncrypted;
}

/// <summary>
/// Takes a PEM text apart as Go's encoding/pem does, which istiod uses: BEGIN and END stand on lines of their own. Where Go would
/// pass over what is damaged, this says so. Explanations before a block, as OpenSSL writes them, are allowed.
/// </summary>
internal static class PemBlocks
{
    private const string Begin = "-----BEGIN ";
    private const string End = "-----END ";
    private const string Dashes = "-----";

    /// <summary>From how many characters on a line of base64 outside all blocks is taken for a piece of one.</summary>
    private const int PieceOfBlock = 16;

    public static IReadOnlyList<PemBlock> Read(string text, string file, ImmutableArray<string>.Builder faults)
    {
        var blocks = new List<PemBlock>();
        var (number, isAfter, isPiece, isDamaged) = (0, false, false, false);
        var lines = text.Split('\n');
        for (var at = 0; at < lines.Length; at++)
        {
            var line = lines[at].TrimEnd();
            if (line.StartsWith(Begin, StringComparison.Ordinal) && line.EndsWith(Dashes, StringComparison.Ordinal) && line.Length >= Begin.Length + Dashes.Length)
            {
                var before = faults.Count;
                if (ReadBlock(lines, ref at, ++number, file, faults) is { } block)
                    blocks.Add(block);
                (isAfter, isDamaged) = (false, faults.Count > before);
            }
            else if (isDamaged)
                // What follows a damaged block up to the next one is its wreckage, and was said.
                continue;
            else if (line.Contains(Begin, StringComparison.Ordinal) || line.Contains(End, StringComparison.Ordinal))
            {
                faults.Add($"{file}, line {at + 1}: BEGIN and END of a block have to stand alone on their lines, one pair for each block");
                isDamaged = true;
            }
            else if (IsPieceOfBlock(line))
                isPiece = true;
            else if (line.Length > 0 && !line.StartsWith('#'))
                isAfter = number > 0;
        }

        if (isPiece)
            faults.Add($"{file} holds base64 outside its blocks, as a damaged block leaves it");
        if (isAfter)
            faults.Add($"{file} holds text after its last block, where only lines that begin with # may follow");
        return blocks;
    }

    private static PemBlock? ReadBlock(string[] lines, ref int at, int number, string file, ImmutableArray<string>.Builder faults)
    {
        var label = lines[at].TrimEnd()[Begin.Length..^Dashes.Length];
        var (content, isEncrypted) = (new System.Text.StringBuilder(), false);
        for (at++; at < lines.Length; at++)
        {
            var line = lines[at].Trim();
            if (line == $"{End}{label}{Dashes}")
                return Decode(content.ToString(), isEncrypted) is { } bytes ? new PemBlock(number, label, bytes, isEncrypted) : NotBase64(number, file, faults);
            if (line.Contains(Dashes, StringComparison.Ordinal))
                break;
            // RFC 1421 headers, which only encrypted keys have.
            if (line.Contains(':', StringComparison.Ordinal))
                isEncrypted |= line.StartsWith("Proc-Type", StringComparison.Ordinal) && line.EndsWith("ENCRYPTED", StringComparison.Ordinal);
            else
                content.Append(line);
        }

        // The line that ended it may begin the next block.
        if (at < lines.Length && lines[at].StartsWith(Begin, StringComparison.Ordinal))
            at--;
        faults.Add($"{file}, block {number} is cut off: its END line is missing");
        return null;
    }

    private static byte[]? Decode(string base64, bool isEncrypted)
    {
        // What is encrypted is refused anyway, for a reason that says more than its encoding.
        if (isEncrypted)
            return [];
        var buffer = new byte[base64.Length];
        return base64.Length > 0 && Convert.TryFromBase64String(base64, buffer, out var length) ? buffer[..length] : null;
    }

    private static PemBlock? NotBase64(int number, string file, ImmutableArray<string>.Builder faults)
    {
        faults.Add($"{file}, block {number} is not base64");
        return null;
    }

    private static bool IsPieceOfBlock(string line) =>
        line.Length >= PieceOfBlock && line.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '+' or '/' or '=');
}
