using Isthmus.System.Tests.Secrecy;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Isthmus.System.Tests;

/// <summary>Puts warnings and errors of what a test runs into the test's own output, where a failure shows them, and all into the run's record.</summary>
internal sealed class TestOutputLog : ILoggerProvider
{
    // Taken while the test's own code runs: servers answer on threads that belong to no test.
    private readonly ITestOutputHelper? _output = TestContext.Current.TestOutputHelper;

    public static ILoggerFactory CreateFactory() => LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddFilter("Microsoft", LogLevel.Information).AddProvider(new TestOutputLog()));

    public ILogger CreateLogger(string categoryName) => new Lines(_output, categoryName);

    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class Lines(ITestOutputHelper? output, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            RunRecord.Add("a log's scope", state.ToString());
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = $"{logLevel} {category}: {formatter(state, exception)} {exception}";
            RunRecord.Add("a log", line);
            if (logLevel < LogLevel.Warning)
                return;
            try
            {
                output?.WriteLine(line);
            }
            catch (InvalidOperationException)
            {
                // The test is over; what its servers say while they stop is nobody's business.
                return;
            }
        }
    }
}
