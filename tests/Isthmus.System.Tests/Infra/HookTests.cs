using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Isthmus.Cli.Checks;
using Isthmus.Cli.Documents;
using Isthmus.Core.Mesh;
using Isthmus.Tests;
using Xunit;

namespace Isthmus.System.Tests.Infra;

/// <summary>What azd runs between its steps, tried with an Azure CLI that only writes down what it is asked for.</summary>
public sealed partial class HookTests : IDisposable
{
    private static readonly string[] Hooks = ["postprovision", "postdeploy", "predown"];

    private const string One = "11111111-1111-1111-1111-111111111111";
    private const string Two = "22222222-2222-2222-2222-222222222222";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("isthmus-hooks-");

    private string Calls => File.Exists(At("calls")) ? File.ReadAllText(At("calls")) : "";

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Each_hook_is_there_for_both_shells_and_does_the_same_by_the_same_names()
    {
        var azure = File.ReadAllText(Path.Combine(Repository.Root, "azure.yaml"));
        foreach (var hook in Hooks)
        {
            Assert.Contains($"run: infra/hooks/{hook}.sh", azure, StringComparison.Ordinal);
            Assert.Contains($"run: infra/hooks/{hook}.ps1", azure, StringComparison.Ordinal);
            var (posix, windows) = (Text($"{hook}.sh"), Text($"{hook}.ps1"));
            Assert.Equal(Variable().Matches(posix).Select(match => match.Value).Distinct().Order(), Variable().Matches(windows).Select(match => match.Value).Distinct().Order());
            Assert.Equal(AzureCall().Matches(posix).Select(match => match.Value).Distinct().Order(), AzureCall().Matches(windows).Select(match => match.Value).Distinct().Order());
        }
    }

    [Fact]
    public void Each_value_that_a_hook_reads_is_an_output_or_a_documented_setting()
    {
        var documentation = File.ReadAllText(Path.Combine(Repository.Root, "docs", "azure.md"));
        // azd's own.
        string[] given = ["AZURE_SUBSCRIPTION_ID"];
        var read = Hooks.SelectMany(hook => Variable().Matches(Text($"{hook}.sh")).Select(match => match.Value)).Distinct();
        Assert.All(read.Except(given), name =>
            Assert.True(PredictedResources.Outputs.ContainsKey(name) || documentation.Contains($"`{name}`", StringComparison.Ordinal), $"{name} comes from nowhere"));
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("2", false)]
    public async Task A_key_for_tokens_is_stored_where_there_is_none(string versions, bool isStored)
    {
        Stub("az", $"""case "$*" in *list-versions*) echo {versions};; *"secret set"*) for a; do case $last in --file) cat "$a" > "$CALLS.key";; esac; last=$a; done;; esac""");
        Assert.Equal((0, ""), await RunAsync("postprovision.sh", ("ISTHMUS_VAULT_NAME", "kv-one")));
        Assert.Equal(isStored, Calls.Contains("keyvault secret set --vault-name kv-one --name isthmus-webhook-key", StringComparison.Ordinal));
        if (!isStored)
            return;
        var key = await File.ReadAllTextAsync(At("calls.key"), TestContext.Current.CancellationToken);
        Assert.Equal(32, Convert.FromBase64String(key).Length);
        Assert.DoesNotContain(key, Calls, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "false", ".+/mesh.yaml")]
    [InlineData(null, "true", null)]
    [InlineData("my mesh.yaml", "true", "my mesh.yaml")]
    public async Task Events_are_subscribed_to_and_a_document_is_pushed_where_one_is_named_or_none_is_there(string? document, string isThere, string? pushed)
    {
        Stub("az", $$"""case "$*" in *"blob exists"*) echo {{isThere}};; *"aks list"*) printf '/c/east\twesteurope\n/c/WEST\tnortheurope\n/c/third\tuksouth\n';; *"system-topic list"*) printf 'other\t/c/west\nRG\t/c/third\n';; *"group create"*) for a; do case $a in @*) cat "${a#@}" > "$CALLS.json";; esac; done;; esac""");
        Stub("dotnet", """for a; do case $last$a in --mesh/*/mesh.yaml) cat "$a" > "$CALLS.mesh";; esac; last=$a; done""");
        var (exitCode, errors) = await RunAsync(
            "postdeploy.sh",
            [
                ("AZURE_RESOURCE_GROUP", "rg"), ("AZURE_SUBSCRIPTION_ID", One), ("ISTHMUS_CLUSTER_SUBSCRIPTIONS", Two), ("ISTHMUS_EVENT_GROUP", "rg-e"), ("ISTHMUS_DOCUMENT_ACCOUNT", "account"), ("ISTHMUS_APP_NAME", "func"), ("ISTHMUS_MESH_NAME", "prod"), ("ISTHMUS_RESOURCE_TOKEN", "tok"),
                ("ISTHMUS_MESH_DOCUMENT", "https://one.blob.core.windows.net/mesh/mesh.yaml"), .. document is null ? Array.Empty<(string, string)>() : [("ISTHMUS_MESH_FILE", document)],
            ]);
        // A cluster has one system topic: west's is somebody else's.
        Assert.Equal((0, "AKS's own events of /c/WEST stay with the system topic that it has.\n"), (exitCode, errors));
        var parameters = JsonNode.Parse(await File.ReadAllTextAsync(At("calls.json"), TestContext.Current.CancellationToken))?["parameters"];
        Assert.Equal("tok", parameters?["resourceToken"]?["value"]?.ToString());
        Assert.Equal("", parameters?["subscriptionTopicId"]?["value"]?.ToString());
        Assert.Equal(["/c/east westeurope", "/c/third uksouth"], (parameters?["clusters"]?["value"] as JsonArray ?? []).Select(cluster => $"{cluster?["id"]} {cluster?["location"]}"));
        Assert.Equal(["clusterSubscriptions", "clusters", "eventGroupName", "resourceToken", "subscriptionTopicId"], (parameters as JsonObject ?? []).Select(parameter => parameter.Key).Order(StringComparer.Ordinal));
        Assert.Matches("dotnet run --project .+ -- check --mesh https://one.blob.core.windows.net/mesh/mesh.yaml\n$", Calls);
        if (pushed is null)
            Assert.DoesNotContain("mesh push", Calls, StringComparison.Ordinal);
        else
            Assert.Matches($"dotnet run --project .+ -- mesh push --mesh {pushed} --blob https://one.blob.core.windows.net/mesh/mesh.yaml\n", Calls);
        if (document is null && pushed is not null)
        {
            // The first document of an environment: it holds, and any cluster of the subscriptions may join by its tag.
            var first = MeshDocument.Parse(await File.ReadAllTextAsync(At("calls.mesh"), TestContext.Current.CancellationToken));
            Assert.Empty(first.Errors);
            Assert.Equal("prod", first.Document?.Name);
            Assert.Equal([One, Two], first.Document?.Discovery?.Subscriptions);
        }
    }

    [Theory]
    [InlineData(2, 0, "")]
    [InlineData(5, 1, "The event subscriptions could not be made: see above, then run 'azd hooks run postdeploy'.\n")]
    public async Task Event_subscriptions_are_tried_again_while_rights_are_new(int failures, int expected, string said)
    {
        Stub("az", $$"""case "$*" in *"group create"*) [ "$(grep -c 'group create' "$CALLS")" -gt {{failures}} ] || exit 1;; *"blob exists"*) echo true;; esac""");
        Stub("dotnet", "");
        Stub("sleep", "");
        var (exitCode, errors) = await RunAsync(
            "postdeploy.sh",
            ("AZURE_RESOURCE_GROUP", "rg"), ("AZURE_SUBSCRIPTION_ID", One), ("ISTHMUS_EVENT_GROUP", "rg-e"), ("ISTHMUS_DOCUMENT_ACCOUNT", "account"), ("ISTHMUS_APP_NAME", "func"), ("ISTHMUS_MESH_NAME", "prod"),
            ("ISTHMUS_RESOURCE_TOKEN", "tok"), ("ISTHMUS_MESH_DOCUMENT", "https://one.blob.core.windows.net/mesh/mesh.yaml"));
        Assert.Equal((expected, said), (exitCode, errors));
        Assert.Equal(Math.Min(failures, 4), Calls.Split('\n').Count(call => call == "sleep 60"));
        Assert.Equal(expected == 0, Calls.Contains("-- check --mesh", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mesh push --mesh FILE --blob https://one.blob.core.windows.net/mesh/mesh.yaml")]
    [InlineData("check --mesh https://one.blob.core.windows.net/mesh/mesh.yaml")]
    public void Commands_that_the_hooks_call_are_there(string arguments) =>
        Assert.Empty(new RootCommand { DocumentCommands.Create(), CheckCommand.Create() }.Parse(arguments.Split(' ')).Errors);

    [Fact]
    public async Task Roles_in_every_subscription_are_removed_before_the_rest()
    {
        Stub("az", """case "$*" in *"group exists"*) echo true;; *"definition list"*) echo role-1;; *"assignment list"*) echo /a/1; echo /a/2;; esac""");
        Assert.Equal((0, ""), await RunAsync(
            "predown.sh", ("AZURE_SUBSCRIPTION_ID", "one"), ("ISTHMUS_CLUSTER_SUBSCRIPTIONS", "two,three"), ("ISTHMUS_RESOURCE_TOKEN", "tok"), ("ISTHMUS_EVENT_GROUP", "rg-e")));
        Assert.All(["two", "three"], id => Assert.Contains($"az group delete --subscription {id} --name rg-e --yes", Calls, StringComparison.Ordinal));
        var deletions = Calls.Split('\n').Where(call => call.StartsWith("az role ", StringComparison.Ordinal) && call.Contains(" delete ", StringComparison.Ordinal)).ToList();
        Assert.Equal(9, deletions.Count);
        Assert.All(["one", "two", "three"], id => Assert.Contains($"az role definition delete --name role-1 --subscription {id} --scope /subscriptions/{id}", deletions));
        // As cluster-rights.bicep names them.
        Assert.Contains("'(tok, one)'", Calls, StringComparison.Ordinal);
        Assert.All(PredictedResources.Of("Microsoft.Authorization/roleDefinitions"), role => Assert.Matches(@" \([a-z0-9]+, [0-9-]+\)$", role.Text("roleName") ?? ""));
    }

    private async Task<(int ExitCode, string Errors)> RunAsync(string hook, params IEnumerable<(string Name, string Value)> environment)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the hooks for sh run where there is one");
        var start = new ProcessStartInfo("/bin/sh", [Path.Combine(BicepCli.Folder, "hooks", hook)]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{_folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["CALLS"] = At("calls");
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("sh did not start");
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await output;
        return (process.ExitCode, errors);
    }

    private void Stub(string command, string answers)
    {
        File.WriteAllText(At(command), $"#!/bin/sh\necho \"{command} $*\" >> \"$CALLS\"\nlast=\n{answers}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(At(command), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private static string Text(string hook) => File.ReadAllText(Path.Combine(BicepCli.Folder, "hooks", hook));

    [GeneratedRegex(@"\b(?:ISTHMUS|AZURE)_[A-Z_]+\b")]
    private static partial Regex Variable();

    [GeneratedRegex(@"(?<=\baz )[a-z-]+(?: [a-z-]+)*(?= )")]
    private static partial Regex AzureCall();
}
