using System.CommandLine;
using Azure.Identity;
using Isthmus.Cli.Local;
using Isthmus.Runtime.Composition;
using Isthmus.Runtime.Mesh;
using Isthmus.Runtime.Storage;

namespace Isthmus.Cli.Documents;

/// <summary><c>isthmus mesh push</c> and <c>pull</c>: the mesh document between a file here and the blob that the functions read.</summary>
internal static class DocumentCommands
{
    /// <param name="open">Opens a blob; Azure's own under the identity of whoever runs the command, unless given.</param>
    public static Command Create(Func<Uri, IStoredText>? open = null)
    {
        var blobs = open ?? (address => new BlobText(address, new DefaultAzureCredential()));
        return new Command("mesh", "Brings the mesh document to the functions, and back.") { Push(blobs), Pull(blobs) };
    }

    private static Command Push(Func<Uri, IStoredText> open)
    {
        var (mesh, blob) = (CommandOptions.MeshFile(), Blob());
        var removal = new Option<bool>("--allow-removal") { Description = "Take out entries of clusters that were not leaving, because they are gone for good." };
        var command = new Command("push", "Checks the document in a file and brings it to the blob, unless somebody has changed that.") { mesh, blob, removal };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed, "pushed", () => Documents(parsed.GetRequiredValue(mesh), parsed.GetValue(blob), open).PushAsync(parsed.GetValue(removal), cancellationToken)));
        return command;
    }

    private static Command Pull(Func<Uri, IStoredText> open)
    {
        var (mesh, blob) = (CommandOptions.MeshFile(), Blob());
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file even where it holds edits of yours." };
        var command = new Command("pull", "Writes the document that the functions use into a file.") { mesh, blob, overwrite };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed, "pulled", () => Documents(parsed.GetRequiredValue(mesh), parsed.GetValue(blob), open).PullAsync(parsed.GetValue(overwrite), cancellationToken)));
        return command;
    }

    private static Option<string?> Blob() => new("--blob")
    {
        Description = $"The blob's address, https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME; {AzureSettings.MeshDocument} of the environment unless given.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(AzureSettings.MeshDocument),
    };

    private static SharedMeshDocument Documents(FileInfo file, string? blob, Func<Uri, IStoredText> open) =>
        MeshDocumentSources.BlobAddress(blob ?? "") is { } address
            ? new SharedMeshDocument(open(address), new FileText(file.FullName))
            : throw new UsageException($"--blob has to be the address of a blob, https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME{(blob is null ? "" : $", not '{blob}'")}.");

    private static async Task<int> RunAsync(ParseResult parsed, string what, Func<Task<DocumentTransfer>> work)
    {
        var streams = parsed.InvocationConfiguration;
        try
        {
            var (text, code) = await work() switch
            {
                DocumentTransfer.Done done => ($"{what} generation {done.Generation}", 0),
                DocumentTransfer.Unchanged same => ($"generation {same.Generation} is there already", 0),
                DocumentTransfer.Refused refused => (refused.Reason, 1),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            await (code == 0 ? streams.Output : streams.Error).WriteLineAsync(text);
            return code;
        }
        catch (Exception fault) when (CommandOptions.IsUsers(fault))
        {
            return CommandOptions.Fail(fault, streams.Error);
        }
    }
}
