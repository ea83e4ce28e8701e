using System.CommandLine;
using System.Security.Cryptography;
using Isthmus.Embedded.EventGrid;
using Isthmus.Embedded.Tls;
using Isthmus.Runtime.Mesh;
using Microsoft.Extensions.Logging;

namespace Isthmus.Cli.Local;

/// <summary><c>isthmus host</c>: the functions on this machine, against the clusters of a mesh document.</summary>
internal static class HostCommand
{
    public static Command Create()
    {
        var mesh = CommandOptions.Mesh();
        var port = new Option<int>("--port") { Description = "The loopback port; a free one unless given." };
        var publicUrl = CommandOptions.HttpsAddress(
            "--public-url", "The https address by which API servers reach this host, where it is not the loopback one.", required: false);
        var keyFile = CommandOptions.WebhookKey(required: false);
        var command = new Command("host", "Runs the functions on this machine against real clusters, by their kubeconfigs.") { mesh, port, publicUrl, keyFile };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(mesh), parsed.GetValue(port), parsed.GetValue(publicUrl), parsed.GetValue(keyFile), parsed.InvocationConfiguration, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string mesh, int port, Uri? publicUrl, FileInfo? keyFile, InvocationConfiguration streams, CancellationToken cancellationToken)
    {
        using var loggers = StandardErrorLog.Create(LogLevel.Information);
        using var authority = LoopbackAuthority.Create("Isthmus host", TimeProvider.System);
        var documents = CommandOptions.Documents(mesh);
        try
        {
            // A document that does not hold is told at once, with all its errors, and not by every function later.
            await documents.ReadAsync(cancellationToken);
            await using var events = await EmbeddedEventGrid.StartAsync(
                new EmbeddedEventGridOptions { Authority = authority, ReceiverAuthorityPem = authority.Pem, LoggerFactory = loggers }, cancellationToken);
            await using var host = await LocalFunctions.StartAsync(
                new LocalFunctionsOptions
                {
                    Authority = authority,
                    Documents = documents,
                    Vaults = CommandOptions.Azure.Vaults,
                    Arm = CommandOptions.Azure.Arm,
                    Access = CommandOptions.Azure.Access,
                    Events = events,
                    WebhookKeys = [keyFile is null ? RandomNumberGenerator.GetBytes(32) : await CommandOptions.ReadKeyAsync(keyFile, cancellationToken)],
                    PublicUrl = publicUrl,
                    Port = port,
                    LoggerFactory = loggers,
                },
                cancellationToken);
            using var secrets = new TemporaryFolder();
            var key = Path.Combine(secrets.Path, "functions.key");
            var eventKey = Path.Combine(secrets.Path, "events.key");
            await PrivateFile.WriteAsync(key, host.Keys.Function, cancellationToken);
            await PrivateFile.WriteAsync(eventKey, host.Keys.EventGrid, cancellationToken);
            streams.Output.WriteLine($"Functions: {host.Url}  x-functions-key: in {key}  key of events: in {eventKey}");
            streams.Output.WriteLine("Up until Ctrl-C. Webhooks of this run trust a certificate of this run: start it again and they are registered anew.");
            await LocalFunctions.AnnounceClustersAsync(host.Services, cancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return 0;
        }
        catch (Exception fault) when (fault is MeshDocumentException or IOException)
        {
            return CommandOptions.Fail(fault, streams.Error);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
    }
}
