using Isthmus.Core.Mesh;
using Isthmus.Runtime.Kubernetes;
using Isthmus.Runtime.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Isthmus.System.Tests.Secrecy;

public sealed class LogRedactionTests
{
    private const string Token = "4f0c2ab19d7e4f0c2ab19d7e4f0c2ab1";
    private const string Address = $"https://f.test/api/clusters/east/{Token}/changes";

    [Fact]
    public void Neither_message_nor_values_scopes_or_exceptions_of_a_log_hold_a_token()
    {
        using var seen = new RecordingProvider();
        using var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(seen)).AddRedaction().BuildServiceProvider();
        var logger = services.GetRequiredService<ILogger<LogRedactionTests>>();

        using (logger.BeginScope("calling {Address}", new Uri(Address)))
        {
            logger.LogError(new InvalidOperationException("outer", new HttpRequestException($"Post \"{Address}\": EOF")), "{Address} failed after {Tries}", Address, 3);
        }

        Assert.Contains("api/clusters/east/(redacted, 32 characters)/changes failed after 3", seen.Text, StringComparison.Ordinal);
        Assert.Contains("Tries=3", seen.Text, StringComparison.Ordinal);
        Assert.Contains(nameof(HttpRequestException), seen.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, seen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_without_a_secret_keeps_its_type()
    {
        using var seen = new RecordingProvider();
        using var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(seen)).AddRedaction().BuildServiceProvider();
        var fault = new InvalidOperationException("nothing to hide");

        services.GetRequiredService<ILogger<LogRedactionTests>>().LogError(fault, "failed");

        Assert.Same(fault, Assert.Single(seen.Exceptions));
    }

    [Fact]
    public void A_factory_that_was_handed_in_outlives_the_services()
    {
        using var handedIn = new DisposalCount();
        using (var services = new ServiceCollection().AddSingleton<ILoggerFactory>(handedIn).AddRedaction().BuildServiceProvider())
        {
            Assert.IsType<RedactingLoggerFactory>(services.GetRequiredService<ILoggerFactory>());
        }

        Assert.Equal(0, handedIn.Disposals);
    }

    [Fact]
    public void What_an_api_server_quotes_is_not_in_the_exception()
    {
        var refused = new ClusterApiException(new ClusterName("east"), 500, "InternalError", $"failed calling webhook: Post \"{Address}\": EOF");
        var silent = new ClusterUnreachableException(new ClusterName("east"), $"Authorization: Bearer {Token}");

        Assert.DoesNotContain(Token, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, silent.Message, StringComparison.Ordinal);
        Assert.Contains("failed calling webhook", refused.Message, StringComparison.Ordinal);
    }

    private sealed class DisposalCount : ILoggerFactory
    {
        public int Disposals { get; private set; }

        public ILogger CreateLogger(string categoryName) => NullLogger.Instance;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose() => Disposals++;
    }

    private sealed class RecordingProvider : ILoggerProvider, ILogger
    {
        private readonly List<string> _lines = [];

        public List<Exception> Exceptions { get; } = [];

        public string Text => string.Join('\n', _lines);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Keep(state);
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            _lines.Add($"{formatter(state, exception)} {exception} {exception?.InnerException?.Message}");
            if (exception is not null)
                Exceptions.Add(exception);
            Keep(state);
        }

        public void Dispose() => _lines.Clear();

        private void Keep<TState>(TState state)
        {
            _lines.Add($"{state}");
            if (state is IEnumerable<KeyValuePair<string, object?>> values)
                _lines.AddRange(values.Select(value => $"{value.Key}={value.Value}"));
        }
    }
}
