using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Isthmus.Cli.Checks;
using Isthmus.Cli.Local;
using Isthmus.Cli.Mesh;
using Isthmus.Embedded.Cluster;
using Isthmus.Embedded.EventGrid;
using Isthmus.Embedded.Tls;
using Isthmus.Embedded.Vault;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Reconcilers;
using Isthmus.System.Tests.Cli;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Isthmus.System.Tests.Secrecy;

/// <summary>
/// A mesh of a sound cluster and of one whose API server fails every request, and quotes a secret of another kind each time. All
/// functions run, and the commands.
/// </summary>
internal sealed class LeakingMesh : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("isthmus-leak-").FullName;
    private readonly LoopbackAuthority _authority = LoopbackAuthority.Create("leak", TimeProvider.System);
    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly Canaries _canaries;
    private int _answers;

    private LeakingMesh(Canaries canaries) => _canaries = canaries;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Document => Path.Combine(_folder, "mesh.yaml");

    /// <summary>Without trust: commands would ask the real vault of that name.</summary>
    private string DocumentOfCommands => Path.Combine(_folder, "commands.yaml");

    /// <summary>Runs the functions once, and the commands until it is enough.</summary>
    public static async Task RunAsync(Canaries canaries, Func<int, bool> isEnough)
    {
        await using var mesh = new LeakingMesh(canaries);
        await mesh.WriteAsync();
        await mesh.FunctionsAsync();
        for (var rounds = 0; !isEnough(rounds); rounds++)
            await mesh.CommandsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
            await part.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WriteAsync()
    {
        var east = Keep(await EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { Name = "east" }, Cancel));
        var west = Keep(await LoopbackServer.StartAsync(_authority.Issue(), FailAsync, null, Cancel));
        await File.WriteAllTextAsync(Path.Combine(_folder, "east.yaml"), east.Kubeconfig(), Cancel);
        await File.WriteAllTextAsync(Path.Combine(_folder, "west.yaml"), $$"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: west
              cluster:
                server: {{west.Url.GetLeftPart(UriPartial.Authority)}}
                certificate-authority-data: {{Convert.ToBase64String(Encoding.ASCII.GetBytes(_authority.Pem))}}
            contexts:
            - name: west
              context: {cluster: west, user: admin}
            current-context: west
            users:
            - name: admin
              user:
                token: {{_canaries.ClusterToken}}
            """, Cancel);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "key"), RandomNumberGenerator.GetBytes(32), Cancel);
        const string document = """
            apiVersion: isthmus.dev/v1alpha1
            kind: Mesh
            metadata: {name: test}
            spec:
              trust: {vault: "https://leak.vault.azure.net/", certificate: mesh}
              mayExport: [shop]
              clusters:
              - {name: east, network: n-east, access: {kubeconfig: east.yaml}, gateway: {addresses: [203.0.113.10]}}
              - {name: west, network: n-west, access: {kubeconfig: west.yaml}, gateway: {addresses: [203.0.113.20]}}
            """;
        await File.WriteAllTextAsync(Document, document, Cancel);
        await File.WriteAllTextAsync(DocumentOfCommands, CliRun.WithoutTrust(document), Cancel);
    }

    /// <summary>The next message each time, so that every command and function meets several.</summary>
    private Task FailAsync(HttpContext call)
    {
        var message = _canaries.Messages[Interlocked.Increment(ref _answers) % _canaries.Messages.Count];
        call.Response.StatusCode = StatusCodes.Status403Forbidden;
        call.Response.ContentType = "application/json";
        return call.Response.WriteAsync(new JsonObject { ["kind"] = "Status", ["status"] = "Failure", ["code"] = 403, ["reason"] = "Forbidden", ["message"] = message }.ToJsonString());
    }

    private async Task FunctionsAsync()
    {
        var events = Keep(await EmbeddedEventGrid.StartAsync(
            new EmbeddedEventGridOptions { Authority = _authority, ReceiverAuthorityPem = _authority.Pem, Retry = new RetrySchedule { Scale = 0.001, MaxAttempts = 3 } }, Cancel));
        var vault = Keep(await EmbeddedVault.StartAsync(new EmbeddedVaultOptions { Name = "leak", Authority = _authority, Raise = raised => events.Publish([raised]) }, Cancel));
        var host = Keep(await LocalFunctions.StartAsync(
            new LocalFunctionsOptions
            {
                Authority = _authority,
                Documents = new FileMeshDocumentSource(Document),
                Vaults = new VaultClients(
                    DelegatedTokenCredential.Create((_, _) => new AccessToken(vault.Token, DateTimeOffset.MaxValue)), new HttpClientTransport(vault.CreateHandler())),
                Events = events,
                WebhookKeys = [RandomNumberGenerator.GetBytes(32)],
                LoggerFactory = TestOutputLog.CreateFactory(),
            },
            Cancel));
        using var mesh = MeshCertificateAuthority.Create("leak", TimeProvider.System);
        vault.SetCertificate("mesh", mesh.IssueIntermediatePem());
        await LocalFunctions.AnnounceClustersAsync(host.Services, Cancel);
        await events.IdleAsync(Cancel);
        foreach (var letter in events.DeadLetters)
            RunRecord.Add("a dead letter", $"{letter.Event.ToJsonString()} {letter.Reason}");
        using var client = new HttpClient(PinnedConnections.TrustOnly(_authority.Pem)) { BaseAddress = host.Url };
        client.DefaultRequestHeaders.Add("x-functions-key", host.Keys.Function);
        foreach (var page in new[] { "status", "plan" })
            RunRecord.Add($"/api/{page}", await client.GetStringAsync(new Uri($"/api/{page}", UriKind.Relative), Cancel));
        await host.Services.GetRequiredService<ResyncReconciler>().RunAsync(Cancel);
    }

    private async Task CommandsAsync()
    {
        string[] mesh = ["--mesh", DocumentOfCommands];
        string[] webhooks = ["--functions-url", "https://functions.test/", "--webhook-key", Path.Combine(_folder, "key")];
        foreach (var (command, arguments) in new (Command, string[])[]
        {
            (StatusCommand.Create(), ["status", .. mesh]),
            (PlanCommand.Create(), ["plan", .. mesh, .. webhooks]),
            (ApplyCommand.Create(), ["apply", "--yes", .. mesh, .. webhooks]),
            (CheckCommand.Create(), ["check", .. mesh]),
        })
        {
            await using var output = new StringWriter();
            RunRecord.Add($"isthmus {command.Name}", (await CliRun.InvokeAsync(command, output, Cancel, arguments)).Output);
        }
    }

    private T Keep<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }
}
