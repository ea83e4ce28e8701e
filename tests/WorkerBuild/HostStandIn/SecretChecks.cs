namespace HostStandIn;

/// <summary>Nothing secret stands in what the worker told its host, wrote, answered, or sent to Application Insights.</summary>
internal static class SecretChecks
{
    public static void Run(IReadOnlyCollection<string> told, AzureStandIn azure, TrialMesh mesh, IReadOnlyCollection<string> answers)
    {
        // A search in nothing would find nothing.
        Check.That("the worker's log", told.Any(line => line.Contains("/api/clusters/", StringComparison.Ordinal)), "it says nothing of a request's path");
        Check.That("the telemetry", azure.Telemetry.Any(text => text.Contains("isthmus.run", StringComparison.Ordinal)), "it says nothing of a run");
        string[] secrets = [.. azure.Secrets, .. mesh.Secrets];
        Search("the worker's log", told, secrets);
        Search("the telemetry", azure.Telemetry, secrets);
        Search("the answers", answers, secrets);
    }

    private static void Search(string where, IEnumerable<string> texts, string[] secrets)
    {
        var found = (from text in texts
                     from secret in secrets
                     where text.Contains(secret, StringComparison.OrdinalIgnoreCase)
                     select text.Replace(secret, "(here)", StringComparison.OrdinalIgnoreCase)).FirstOrDefault();
        Check.That(where, found is null, $"a secret stands in it: {found}");
    }
}
