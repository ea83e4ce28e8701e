using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace Isthmus.System.Tests.Endpoints;

/// <summary>Answers against Envoy's protobuf files, as the npm package @grpc/grpc-js-xds ships them.</summary>
public sealed class DiscoveryProtoTests
{
    private const string Package = "@grpc/grpc-js-xds@1.14.1";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task An_answer_decodes_as_Envoys_DiscoveryResponse_and_encodes_to_the_same_message()
    {
        var folder = await InstallAsync();
        await using var mesh = await SplitMesh.StartAsync();
        await using var host = await DiscoveryClient.HostAsync(mesh);
        var client = new DiscoveryClient(host);
        JsonObject[] answers =
        [
            await client.AskAsync(), await client.AskAsync("west", "n2"), await client.AskAsync(names: ["outbound|443||example.com"]),
            await client.AskAsync(names: [SplitMesh.Cluster, "outbound|80||none.shop.svc.cluster.local"]),
        ];
        foreach (var answer in answers)
        {
            var (code, output, errors) = await RunAsync("node", [Script, folder], folder, answer.ToJsonString());
            Assert.True(code == 0, errors);
            Assert.True(JsonNode.DeepEquals(answer, JsonNode.Parse(output)), $"sent {answer.ToJsonString()}\nread {output}");
        }
    }

    private static string Script => Path.Combine(Repository.Root, "tests", "Isthmus.System.Tests", "Endpoints", "discovery-response.js");

    /// <summary>The package in a folder beside the tests' other results, kept for the next run.</summary>
    private static async Task<string> InstallAsync()
    {
        var folder = Path.Combine(Repository.Root, "artifacts", "npm", "grpc-js-xds");
        Directory.CreateDirectory(folder);
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "@grpc", "grpc-js-xds", "deps")))
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), "{\"private\":true}", TestContext.Current.CancellationToken);
            var (code, output, errors) = await RunAsync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1", "--fetch-timeout=30000", Package], folder, "");
            Assert.SkipWhen(code != 0, $"npm cannot install {Package} here, so no answer was decoded with Envoy's protobuf files: {output} {errors}".Trim());
        }

        return folder;
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string program, string[] arguments, string folder, string input)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (global::System.ComponentModel.Win32Exception missing)
        {
            return (-1, "", $"{program}: {missing.Message}");
        }

        if (process is null)
            return (-1, "", $"{program} did not start");
        using (process)
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken))
        {
            patience.CancelAfter(Patience);
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            try
            {
                await process.WaitForExitAsync(patience.Token);
                return (process.ExitCode, await output, await errors);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return (-1, "", $"{program} took over {Patience.TotalMinutes:0} minutes");
            }
        }
    }
}
