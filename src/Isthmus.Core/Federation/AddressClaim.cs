using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Federation;

/// <summary>A name's hold on an address. The earlier claim wins, then the smaller name: everybody decides alike.</summary>
public readonly record struct AddressClaim(GlobalName Name, string Address, DateTimeOffset Claimed) : IComparable<AddressClaim>
{
    // Times are kept as text in annotations; one form, so that equal times are equal texts. Quoted letters would be compared by culture, which is slow.
    private const string Format = "yyyy-MM-ddTHH:mm:ss.fffZ";

    public int CompareTo(AddressClaim other)
    {
        var order = Claimed.CompareTo(other.Claimed);
        if (order == 0)
            order = Name.CompareTo(other.Name);
        return order != 0 ? order : string.CompareOrdinal(Address, other.Address);
    }

    public static string Write(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>The time an annotation holds; null where it is absent or unreadable, as if never claimed.</summary>
    public static DateTimeOffset? ReadTime(string? text) =>
        DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>The claim that one of our ServiceEntries shows, or the record of an address at rest.</summary>
    public static AddressClaim? OfOurs(JsonObject obj) =>
        obj.Label(FederationNames.AddressLabel) is { } address && KnownExporters.NameOf(obj) is { } name
            ? new AddressClaim(name, address, ReadTime(obj.Annotation(FederationNames.AddressClaimedAnnotation)) ?? DateTimeOffset.MaxValue)
            : null;

    /// <summary>The claim that an exported (or once exported) Service shows.</summary>
    public static AddressClaim? OfService(JsonObject service) =>
        service.Annotation(FederationNames.AddressAnnotation) is { } address
            && ReadTime(service.Annotation(FederationNames.AddressClaimedAnnotation)) is { } claimed
            ? new AddressClaim(new GlobalName(FederationNames.NameOf(service)), address, claimed)
            : null;
}
