using System.Runtime.ExceptionServices;
using Isthmus.Core.Secrecy;
using Isthmus.System.Tests.Secrecy;
using Xunit;

[assembly: AssemblyFixture(typeof(WholeRun))]

namespace Isthmus.System.Tests.Secrecy;

/// <summary>
/// Watches the whole test run, and fails it at its end where any secret was put out. <c>ISTHMUS_TESTS_REDACTION=off</c> switches
/// redaction off, to see that it then does fail.
/// </summary>
public sealed class WholeRun : IDisposable
{
    private readonly ServerTraffic _traffic = new();
    private readonly TextWriter _output = Console.Out;
    private readonly TextWriter _error = Console.Error;

    internal static bool IsWithoutRedaction => Environment.GetEnvironmentVariable("ISTHMUS_TESTS_REDACTION") == "off";

    public WholeRun()
    {
        Redaction.IsSwitchedOff = IsWithoutRedaction;
        Console.SetOut(new RecordingWriter(_output, "standard output"));
        Console.SetError(new RecordingWriter(_error, "standard error"));
        AppDomain.CurrentDomain.FirstChanceException += Thrown;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.FirstChanceException -= Thrown;
        Console.SetOut(_output);
        Console.SetError(_error);
        _traffic.Dispose();
        var found = RunRecord.Search();
        ConformanceReport.Write("secrecy", $"{RunRecord.Count} outputs of this run searched for {RunRecord.SecretCount} secrets: {found.Count} found");
        if (found.Count > 0)
            throw new SecretFoundException(found);
    }

    private static void Thrown(object? sender, FirstChanceExceptionEventArgs thrown)
    {
        if (thrown.Exception.GetType().Namespace is { } space && space.StartsWith("Isthmus.", StringComparison.Ordinal) && !space.StartsWith("Isthmus.Embedded", StringComparison.Ordinal))
            RunRecord.Add($"a {thrown.Exception.GetType().Name}", thrown.Exception.Message);
    }
}

/// <summary>Secrets were put out; it tells where.</summary>
public sealed class SecretFoundException(IReadOnlyList<string> found) : Exception("Secrets were put out:\n" + string.Join('\n', found));
