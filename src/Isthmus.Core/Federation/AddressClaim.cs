using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;

namespace Isthmus.Core.Federation;

/// <summary>A name's hold on an address. The earlier claim wins, then the smaller name: everybody decides alike.</summary>
public readonly record struct AddressClaim(ServiceName Service, string Address, DateTimeOffset Claimed) : IComparable<AddressClaim>
{
    // Times are kept as text in annotations; one form, so that equal times are equal texts.
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public int CompareTo(AddressClaim other)
    {
        var order = Claimed.CompareTo(other.Claimed);
        if (order == 0)
            order = Service.CompareTo(other.Service);
        return order != 0 ? order : string.CompareOrdinal(Address, other.Address);
    }

    public static string Write(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>The time an annotation holds; null where it is absent or unreadable, as if never claimed.</summary>
    public static DateTimeOffset? ReadTime(string? text) =>
        DateTimeOffset.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>The claim that one of our ServiceEntries shows.</summary>
    public static AddressClaim? OfServiceEntry(JsonObject entry) =>
        entry.Label(FederationNames.AddressLabel) is { } address && KnownExporters.ServiceOf(entry) is { } service
            ? new AddressClaim(service, address, ReadTime(entry.Annotation(FederationNames.AddressClaimedAnnotation)) ?? DateTimeOffset.MaxValue)
            : null;

    /// <summary>The claim that an exported (or once exported) Service shows.</summary>
    public static AddressClaim? OfService(JsonObject service) =>
        service.Annotation(FederationNames.AddressAnnotation) is { } address
            && ReadTime(service.Annotation(FederationNames.AddressClaimedAnnotation)) is { } claimed
            ? new AddressClaim(new ServiceName(service.NamespaceName() ?? "", service.Name()), address, claimed)
            : null;
}
