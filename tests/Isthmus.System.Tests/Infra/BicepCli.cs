using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Isthmus.Tests;
using Xunit;

namespace Isthmus.System.Tests.Infra;

/// <summary>The Bicep compiler that was restored with the packages. It works offline.</summary>
internal static class BicepCli
{
    // What a deployment is told by Azure; fixed, so that predictions are the same everywhere.
    private const string Subscription = "22222222-2222-2222-2222-222222222222";
    private const string Tenant = "44444444-4444-4444-4444-444444444444";

    public static string Folder => Path.Combine(Repository.Root, "infra");

    /// <summary>Arguments for the snapshot of a parameter file, as a deployment of that scope gets them.</summary>
    public static string[] Snapshot(string name, string mode) =>
    [
        "snapshot", $"snapshots/{name}.bicepparam", "--mode", mode, "--subscription-id", Subscription, "--tenant-id", Tenant,
        .. name == "main" ? new[] { "--location", "westeurope" } : ["--resource-group", "rg-isthmus-prod"], "--deployment-name", "isthmus",
    ];

    /// <summary>Exit code and all that was said. Anything said by build or lint is an error: mismatched types are only warned of.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string folder, params IEnumerable<string> arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.RuntimeIdentifier.EndsWith("-x64", StringComparison.Ordinal), "the Bicep CLI of the packages runs on Linux x64 only");
        var start = new ProcessStartInfo(Tool(), arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        // It lives for some seconds only: what would pay off later costs a fifth of them.
        start.Environment["DOTNET_TieredPGO"] = "0";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("bicep did not start");
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, (await output + await errors).Trim());
    }

    private static string Tool()
    {
        var folder = typeof(BicepCli).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "BicepTools").Value ?? "";
        var tool = Path.Combine(folder, "bicep");
        Assert.True(File.Exists(tool), $"{tool} is missing: run dotnet restore");
        // NuGet unpacks files without the right to run them.
        if (!OperatingSystem.IsWindows() && !File.GetUnixFileMode(tool).HasFlag(UnixFileMode.UserExecute))
            File.SetUnixFileMode(tool, File.GetUnixFileMode(tool) | UnixFileMode.UserExecute);
        return tool;
    }
}
