namespace Isthmus.Core.Events;

/// <summary>The blob that the mesh document is, to tell events of it from those of its neighbours.</summary>
/// <param name="address">https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME.</param>
public sealed class DocumentBlob(Uri address)
{
    private const string Containers = "/blobServices/default/containers/";
    private const string Blobs = "/blobs/";

    // An address of one's own before the account does not say which account that is: then the path has to do.
    private readonly string? _account = AccountOf(address);
    private readonly string _path = PathOf(address);

    /// <summary>
    /// The other blob that an event of storage is about; null where it is about this one, or names none at all: a look costs little.
    /// </summary>
    public string? OtherThan(ReceivedEvent received) => NamedBy(received) is { } named && !Is(named.Account, named.Path) ? named.Path : null;

    // A Data Lake account names a blob by its dfs address at times; the account and the path are the same there.
    private static (string? Account, string Path)? NamedBy(ReceivedEvent received)
    {
        if (Uri.TryCreate(AzureEvents.Field(received.Data, "url"), UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps)
            return (AccountOf(url), PathOf(url));
        if (received.Subject is not { } subject || !subject.StartsWith(Containers, StringComparison.OrdinalIgnoreCase))
            return null;
        var path = subject[Containers.Length..];
        var end = path.IndexOf(Blobs, StringComparison.OrdinalIgnoreCase);
        var account = received.Source.Split('/') is [_, "subscriptions", _, _, _, _, _, "storageAccounts", var name] ? name : null;
        return end < 0 ? null : (account, $"/{path[..end]}/{path[(end + Blobs.Length)..]}");
    }

    // Names of blobs tell upper from lower case.
    private bool Is(string? account, string path) =>
        path == _path && (account is null || _account is null || string.Equals(account, _account, StringComparison.OrdinalIgnoreCase));

    private static string? AccountOf(Uri address) =>
        address.Host.Split('.') is [var account, .. var rest] && (rest.Contains("blob") || rest.Contains("dfs")) ? account : null;

    private static string PathOf(Uri address) => Uri.UnescapeDataString(address.AbsolutePath);
}
