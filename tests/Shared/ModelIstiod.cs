using System.Text;
using System.Text.Json.Nodes;

namespace Isthmus.Tests;

/// <summary>What a workload got with its last certificate: whose chain it shows, and which roots it accepts.</summary>
internal sealed record Issue(string CaCert, string CaKey, string Chain, string Root);

/// <summary>
/// istiod as far as trust goes, up to 1.28: it mounts cacerts late, loads it later, takes another root file only where one contains the
/// other, and tells its roots in a ConfigMap later still. Workloads hold what it issued in their certificate's whole life.
/// </summary>
internal sealed class ModelIstiod(TimeSpan lifetime)
{
    private readonly List<(Issue Issue, DateTimeOffset Until)> _replaced = [];
    private Issue? _mounted;

    public Issue? Loaded { get; private set; }

    public string? Published { get; private set; }

    public bool MultiRoot { get; set; } = true;

    public bool Watches { get; set; } = true;

    public void Mount(JsonObject? secret) => _mounted = secret is null ? _mounted : Read(secret);

    public void Load(DateTimeOffset now)
    {
        if (_mounted is not { } next || !Watches || next == Loaded)
            return;
        if (Loaded is { } old && old.Root != next.Root && (!MultiRoot
            || !(next.Root.Contains(old.Root, StringComparison.Ordinal) || old.Root.Contains(next.Root, StringComparison.Ordinal))))
            return;
        Take(next, now);
    }

    public void Publish() => Published = Loaded?.Root;

    /// <summary>A restart loads what stands in the Secret without any comparison, and watches it from then on.</summary>
    public void Restart(JsonObject? secret, DateTimeOffset now)
    {
        Mount(secret);
        Watches = true;
        if (_mounted is { } next && next != Loaded)
            Take(next, now);
    }

    public void SignAlone(Issue own, DateTimeOffset now)
    {
        Watches = false;
        Take(own, now);
        Publish();
    }

    /// <summary>Everything that some workload may hold now, the oldest as old as it can be.</summary>
    public IEnumerable<Issue> Held(DateTimeOffset now)
    {
        // What was issued just before the change has run out a lifetime after it.
        _replaced.RemoveAll(one => one.Until + lifetime <= now);
        return _replaced.Select(one => one.Issue).Append(Loaded).OfType<Issue>().Distinct();
    }

    private void Take(Issue next, DateTimeOffset now)
    {
        if (Loaded is { } old)
            _replaced.Add((old, now));
        Loaded = next;
    }

    /// <summary>What an istiod that loads this Secret gives its workloads.</summary>
    public static Issue Read(JsonObject secret) =>
        new(File(secret, "ca-cert.pem"), File(secret, "ca-key.pem"), File(secret, "cert-chain.pem"), File(secret, "root-cert.pem"));

    private static string File(JsonObject secret, string key) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(secret["data"]?[key]?.GetValue<string>() ?? ""));
}
