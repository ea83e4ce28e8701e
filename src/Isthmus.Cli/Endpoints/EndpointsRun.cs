using Isthmus.Core.Endpoints;

namespace Isthmus.Cli.Endpoints;

/// <summary>Answers snapshots: a line for each, or with explanations a line for each endpoint. All or nothing, so no answer goes missing in a pipe.</summary>
internal sealed class EndpointsRun(TextReader input, TextWriter output, TextWriter errors)
{
    public async Task<int> SnapshotAsync(string file, Compatibility compatibility, bool explain, CancellationToken cancellationToken)
    {
        try
        {
            var answers = new List<string>();
            var faults = new List<string>();
            foreach (var (line, source) in SnapshotText.Read(await TextAsync(file, cancellationToken)))
            {
                if (EndpointSnapshotReader.Read(source, compatibility, out var wrong) is { } snapshot)
                    answers.AddRange(explain ? EndpointsText.Explain(snapshot) : [EndpointsText.Answer(snapshot)]);
                faults.AddRange(wrong.Select(fault => $"{file}: line {line}: {fault}"));
            }
            foreach (var fault in faults) await errors.WriteLineAsync(fault);
            if (faults.Count > 0) return 1;
            foreach (var answer in answers) await output.WriteLineAsync(answer);
            return 0;
        }
        catch (EndpointsInputException fault)
        {
            await errors.WriteLineAsync($"{file}: {fault.Message}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync(fault.Message);
        }
        return 1;
    }

    private async Task<string> TextAsync(string file, CancellationToken cancellationToken) =>
        file == "-" ? await input.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(file, cancellationToken);
}
