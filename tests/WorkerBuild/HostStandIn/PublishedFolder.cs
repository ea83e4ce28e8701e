using System.Text.Json.Nodes;

namespace HostStandIn;

/// <summary>What the Functions host reads of the app's folder before it starts the worker.</summary>
internal static class PublishedFolder
{
    public static void Verify(string folder)
    {
        var worker = Read(folder, "worker.config.json")["description"];
        var start = $"{worker?["language"]} {worker?["defaultExecutablePath"]} {worker?["defaultWorkerPath"]} {worker?["workerIndexing"]}";
        Check.Equal("worker.config.json", "dotnet-isolated dotnet Isthmus.Functions.dll true", start);
        var host = Read(folder, "host.json");
        Check.Equal("host.json", "2.0 OpenTelemetry", $"{host["version"]} {host["telemetryMode"]}");
        var extensions = (Read(folder, "extensions.json")["extensions"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        // Timers and HTTP are part of the host itself; the second reads functions.metadata.
        foreach (var name in (string[])["EventGrid", "Startup"])
            Check.That("extensions.json", extensions.Exists(extension => $"{extension["name"]}" == name), $"it lacks the extension {name}");
        foreach (var extension in extensions)
            Check.That("extensions.json", File.Exists(Path.Combine(folder, $"{extension["hintPath"]}")), $"there is no {extension["hintPath"]}");
    }

    private static JsonNode Read(string folder, string file) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(folder, file))) ?? throw new CheckFailedException($"{file} is empty");
}
