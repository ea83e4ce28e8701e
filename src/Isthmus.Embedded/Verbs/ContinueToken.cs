using System.Globalization;
using System.Text;
using Isthmus.Embedded.Api;

namespace Isthmus.Embedded.Verbs;

/// <summary>Where the next page of a list starts: the revision that all pages show, and the last key sent. Revision -1 means "whatever is current".</summary>
internal readonly record struct ContinueToken(long Revision, string After)
{
    public const long Current = -1;

    private const string Prefix = "isthmus/1 ";

    public static ContinueToken Parse(string text)
    {
        var buffer = new byte[text.Length];
        var padded = text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (text.Length % 4)) % 4);
        if (Convert.TryFromBase64String(padded, buffer, out var length))
        {
            var parts = Encoding.UTF8.GetString(buffer, 0, length).Split(' ', 3);
            if (parts.Length == 3 && parts[0] + " " == Prefix && long.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var revision))
            {
                return new ContinueToken(revision, parts[2]);
            }
        }
        throw ApiErrors.BadRequest("invalid continue token: continue key is not valid: it was not issued by this server");
    }

    public override string ToString() =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Prefix}{Revision.ToString(CultureInfo.InvariantCulture)} {After}"))
            .TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
