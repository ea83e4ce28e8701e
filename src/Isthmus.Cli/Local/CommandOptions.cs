using System.CommandLine;
using Azure.Identity;
using Isthmus.Core.Mesh;
using Isthmus.Core.Secrecy;
using Isthmus.Runtime.Composition;
using Isthmus.Runtime.Mesh;

namespace Isthmus.Cli.Local;

/// <summary>Options that several commands have.</summary>
internal static class CommandOptions
{
    private static readonly Lazy<AzureParts> LazyAzure = new(() => new AzureParts(new DefaultAzureCredential(), TimeProvider.System));

    public static Option<string> Mesh() => new("--mesh") { Description = "The mesh document: a file, or the https address of a blob.", Required = true };

    public static Option<FileInfo> MeshFile() => new("--mesh") { Description = "The mesh document, a file.", Required = true };

    /// <summary>The source of a mesh document that --mesh names.</summary>
    public static IMeshDocumentSource Documents(string mesh) => Azure.Documents(mesh);

    /// <summary>Azure, under the identity of whoever runs the command.</summary>
    public static AzureParts Azure => LazyAzure.Value;

    public static Option<FileInfo?> WebhookKey(bool required) =>
        new("--webhook-key") { Description = "A file whose bytes sign the webhooks' tokens (at least 16).", Required = required };

    /// <summary>An address that API servers call: https, since the webhooks' protocol knows nothing else.</summary>
    public static Option<Uri?> HttpsAddress(string name, string description, bool required) => new(name)
    {
        Description = description,
        Required = required,
        CustomParser = parsed =>
        {
            if (Uri.TryCreate(parsed.Tokens.Single().Value, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps)
                return address;
            parsed.AddError($"{name} has to be an https address, not '{parsed.Tokens.Single().Value}'.");
            return null;
        },
    };

    public static async Task<byte[]> ReadKeyAsync(FileInfo file, CancellationToken cancellationToken)
    {
        var key = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
        return key.Length >= 16 ? key : throw new IOException($"{file.FullName} holds fewer than 16 bytes.");
    }

    /// <summary>The clusters that somebody named. Throws <see cref="UsageException"/> for one that the document does not list.</summary>
    public static IReadOnlyList<MeshCluster> Clusters(MeshDocument mesh, IReadOnlyList<string> names)
    {
        var unknown = names.Where(name => mesh.Find(new ClusterName(name)) is null).ToList();
        if (unknown.Count > 0)
        {
            throw new UsageException(
                $"--cluster {string.Join(", ", unknown)}: mesh '{mesh.Name}' has no such cluster. It has: {string.Join(", ", mesh.Clusters.Select(cluster => cluster.Name).Order())}.");
        }

        return [.. mesh.Clusters.Where(cluster => names.Contains(cluster.Name.Value))];
    }

    /// <summary>Whether a command can tell its user what went wrong, rather than fail with a stack trace.</summary>
    public static bool IsUsers(Exception fault) => fault is MeshDocumentException or IOException or UnauthorizedAccessException or UsageException;

    /// <summary>Says what is wrong, a line for each error of a mesh document, and gives the exit code.</summary>
    public static int Fail(Exception fault, TextWriter error)
    {
        if (fault is MeshDocumentException document)
        {
            foreach (var one in document.Errors)
                error.WriteLine(Redaction.Text(one.ToString()));
        }
        else
        {
            error.WriteLine(Redaction.Text(fault.Message));
        }

        return 1;
    }
}
