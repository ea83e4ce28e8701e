using System.Text;
using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.Runtime.Webhooks;

namespace Isthmus.Cli.Inject;

/// <summary>Runs <c>isthmus inject</c>: objects to the output, reasons to the error stream; the exit code is 0 only if all went well.</summary>
internal sealed class InjectRun(TextReader input, TextWriter output, TextWriter errors)
{
    public async Task<int> RunAsync(InjectRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (request.Review is null == (request.Files.Count == 0))
                throw new InjectInputException("give either --filename or --review");
            (InjectionSettings settings, ClusterFacts facts) = await InjectSettings.ReadAsync(request.Settings, errors, cancellationToken);
            return request.Review is { } review
                ? await ReviewAsync(request, review, settings, facts, cancellationToken)
                : await FilesAsync(request, settings, facts, cancellationToken);
        }
        catch (InjectInputException fault)
        {
            await errors.WriteLineAsync(fault.Message);
            return 1;
        }
    }

    private async Task<int> FilesAsync(InjectRequest request, InjectionSettings settings, ClusterFacts facts, CancellationToken cancellationToken)
    {
        bool failed = false;
        var injected = new List<string>();
        foreach (string file in request.Files)
        {
            foreach (JsonNode document in Documents(file, await TextAsync(file, cancellationToken)))
            {
                failed |= !await InjectAsync(file, document, request, settings, facts, cancellationToken);
                injected.Add(Yaml.Write(document));
            }
        }
        // All or nothing: what goes through a pipe into kubectl apply must not leave a workload without its sidecar.
        if (failed)
            return 1;
        await output.WriteAsync(string.Join($"---{Environment.NewLine}", injected));
        return 0;
    }

    /// <summary>Injects an object, or each item of a list, in place. Each one that cannot be injected is named with the reason.</summary>
    private async Task<bool> InjectAsync(
        string file, JsonNode? document, InjectRequest request, InjectionSettings settings, ClusterFacts facts, CancellationToken cancellationToken)
    {
        if (document is not JsonObject item)
        {
            await errors.WriteLineAsync($"{file}: a document is no object");
            return false;
        }
        if (ObjectMetadata.TextOf(item["kind"])?.EndsWith("List", StringComparison.Ordinal) == true && item["items"] is JsonArray items)
        {
            bool all = true;
            foreach (JsonNode? member in items)
                all &= await InjectAsync(file, member, request, settings, facts, cancellationToken);
            return all;
        }
        if (PodTemplate.Of(item) is not { } template)
            return true;
        string? reason = template.Inject(settings, facts, request.Namespace, cancellationToken) switch
        {
            InjectionResult.Refused refused => refused.Message,
            InjectionResult.Failed failed => failed.Message,
            _ => null,
        };
        if (reason is null)
            return true;
        await errors.WriteLineAsync($"{file}: {item["kind"]} {item.NamespaceName() ?? request.Namespace}/{item.Name()}: {reason}");
        return false;
    }

    private async Task<int> ReviewAsync(InjectRequest request, string file, InjectionSettings settings, ClusterFacts facts, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(await TextAsync(file, cancellationToken)));
        ReviewBody read = await AdmissionReviewReader.ReadAsync(body, "application/json", cancellationToken);
        if (read is not ReviewBody.Accepted accepted)
            throw new InjectInputException($"{file}: {(read as ReviewBody.Refused)?.Reason}");
        ReviewOutcome outcome = Injector.Review(settings, facts, InjectPath.Parse(request.Path), accepted.Review, cancellationToken);
        if (outcome.Response is { } response)
        {
            await output.WriteLineAsync(response.ToJsonString());
            return 0;
        }
        throw new InjectInputException($"{file}: {(outcome.Result as InjectionResult.Failed)?.Message ?? "no answer"}");
    }

    private async Task<string> TextAsync(string file, CancellationToken cancellationToken) =>
        file == "-" ? await input.ReadToEndAsync(cancellationToken) : await InjectFactFiles.TextAsync(file, cancellationToken);

    private static IReadOnlyList<JsonNode> Documents(string file, string text)
    {
        try
        {
            return Yaml.ReadAll(text);
        }
        catch (YamlFormatException fault)
        {
            throw new InjectInputException($"{file}: {fault.Message}", fault);
        }
    }
}
