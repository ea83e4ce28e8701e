using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Sprig;

/// <summary>Sprig's random texts and its cipher, over the random bytes that the host offers.</summary>
internal static class Randoms
{
    private const string Digits = "0123456789";
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly string Ascii = new([.. Enumerable.Range(32, 95).Select(c => (char)c)]);

    public static Function[] Create(SprigOptions options)
    {
        var random = new Source(options.RandomBytes);
        return
        [
            Function.Create("randAlphaNum(int)", a => random.Text(a, Letters + Digits)),
            Function.Create("randAlpha(int)", a => random.Text(a, Letters)),
            Function.Create("randNumeric(int)", a => random.Text(a, Digits)),
            Function.Create("randAscii(int)", a => random.Text(a, Ascii)),
            Function.Create("randBytes(int)", a => Convert.ToBase64String(random.Bytes(Count(a)))),
            Function.Create("randInt(int,int)", a => random.Between(a.Int(0), a.Int(1))),
            Function.Create("shuffle(string)", a => random.Shuffle(a.String(0))),
            Function.Create("uuidv4()", _ => random.Uuid()),
            Function.Create("encryptAES(string,string)", a => Encrypt(a.String(0), a.String(1), random.Bytes(16))),
            Function.Create("decryptAES(string,string)", a => Decrypt(a.String(0), a.String(1))),
        ];
    }

    private static int Count(Arguments a)
    {
        if (a.Int(0) < 0) throw new FunctionException("Requested random string length is negative");
        a.Execution.CheckLength(a.Int(0));
        return (int)a.Int(0);
    }

    /// <summary>AES-256 in CBC mode; the key is the password's first 32 bytes, the initial vector stands before the text.</summary>
    private static string Encrypt(string password, string text, byte[] vector)
    {
        using var aes = Aes.Create();
        aes.Key = Key(password);
        return Convert.ToBase64String([.. vector, .. aes.EncryptCbc(Encoding.UTF8.GetBytes(text), vector)]);
    }

    private static string Decrypt(string password, string encoded)
    {
        try
        {
            var bytes = Convert.FromBase64String(encoded);
            if (bytes.Length < 32) throw new FunctionException("ciphertext too short");
            using var aes = Aes.Create();
            aes.Key = Key(password);
            return Encoding.UTF8.GetString(aes.DecryptCbc(bytes.AsSpan(16), bytes.AsSpan(0, 16)));
        }
        catch (Exception invalid) when (invalid is FormatException or CryptographicException)
        {
            throw new FunctionException(invalid.Message);
        }
    }

    private static byte[] Key(string password)
    {
        var key = new byte[32];
        var bytes = Encoding.UTF8.GetBytes(password);
        bytes.AsSpan(0, Math.Min(bytes.Length, key.Length)).CopyTo(key);
        return key;
    }

    private sealed class Source(Func<int, byte[]> bytes)
    {
        public byte[] Bytes(int count) => bytes(count);

        public string Text(Arguments a, string alphabet)
        {
            var count = Count(a);
            var result = new char[count];
            var random = bytes(count * 4);
            for (var i = 0; i < count; i++) result[i] = alphabet[(int)(BinaryPrimitives.ReadUInt32LittleEndian(random.AsSpan(i * 4)) % (uint)alphabet.Length)];
            return new string(result);
        }

        public object Between(long least, long beyond)
        {
            if (beyond <= least) throw new FunctionException("invalid argument to Intn");
            return GoValue.Int(least + (long)(BinaryPrimitives.ReadUInt64LittleEndian(bytes(8)) % (ulong)(beyond - least)));
        }

        public string Shuffle(string text)
        {
            var runes = text.EnumerateRunes().ToArray();
            var random = bytes(runes.Length * 4);
            for (var i = runes.Length - 1; i > 0; i--)
            {
                var other = (int)(BinaryPrimitives.ReadUInt32LittleEndian(random.AsSpan(i * 4)) % (uint)(i + 1));
                (runes[i], runes[other]) = (runes[other], runes[i]);
            }

            return string.Concat(runes.Select(r => r.ToString()));
        }

        public string Uuid()
        {
            var id = bytes(16);
            id[6] = (byte)((id[6] & 0x0f) | 0x40);
            id[8] = (byte)((id[8] & 0x3f) | 0x80);
            return new Guid(id, true).ToString();
        }
    }
}
