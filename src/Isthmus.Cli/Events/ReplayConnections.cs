using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Blobs;
using Isthmus.Cli.Local;
using Isthmus.Embedded.Tls;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.EventGrid.Replay;

namespace Isthmus.Cli.Events;

/// <summary>A target, and what is to be closed after it.</summary>
internal sealed record OpenTarget(IEventTarget Events, IDisposable? Client) : IDisposable
{
    public void Dispose() => Client?.Dispose();
}

/// <summary>Opens what the options of a replay name.</summary>
internal sealed class ReplayConnections
{
    // An answer takes up to 25 s; Event Grid itself would wait 30.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The user's identity; asked only where something of Azure is opened.</summary>
    public Func<TokenCredential> Credential { get; init; } = () => new DefaultAzureCredential();

    /// <summary>Only where the storage account is embedded.</summary>
    public HttpPipelineTransport? BlobTransport { get; init; }

    public IDeadLetterStore Store(string from)
    {
        if (Uri.TryCreate(from, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps)
        {
            if (address.Segments.Length != 2 || address.Query.Length > 0)
                throw new UsageException($"--from {address.GetLeftPart(UriPartial.Path)}: name the container itself, https://ACCOUNT.blob.core.windows.net/CONTAINER, without a SAS: your identity counts.");
            var options = new BlobClientOptions();
            if (BlobTransport is not null)
                options.Transport = BlobTransport;
            return new BlobDeadLetters(new BlobContainerClient(address, Credential(), options));
        }

        return Directory.Exists(from) ? new FolderDeadLetters(from) : throw new UsageException($"--from {from}: there is no such folder.");
    }

    public async Task<OpenTarget> TargetAsync(ReplayTarget target, CancellationToken cancellationToken)
    {
        if (target is not { Functions: { } functions, Key: { } keyFile })
        {
            var topic = target.Topic ?? throw new InvalidOperationException("The parser let a missing target pass.");
            return new OpenTarget(new TopicTarget(TopicClients.Create(topic, Credential()), topic), null);
        }

        var key = (await File.ReadAllTextAsync(keyFile.FullName, cancellationToken)).Trim();
        if (key.Length == 0)
            throw new UsageException($"--event-key {keyFile}: the file is empty.");
        var client = target.Ca is { } ca ? new HttpClient(PinnedConnections.TrustOnly(await PemAsync(ca, cancellationToken))) : new HttpClient();
        client.Timeout = Patience;
        return new OpenTarget(new FunctionsTarget(client, functions, key, EventRoutes.FunctionOf), client);
    }

    private static async Task<string> PemAsync(FileInfo file, CancellationToken cancellationToken)
    {
        var pem = await File.ReadAllTextAsync(file.FullName, cancellationToken);
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        return certificates.Count > 0 ? pem : throw new UsageException($"--ca-bundle {file}: the file holds no CERTIFICATE block.");
    }
}
