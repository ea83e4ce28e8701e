using Isthmus.Core.Secrecy;
using Microsoft.Extensions.Logging;

namespace Isthmus.Runtime.Logging;

internal sealed class RedactingLogger(ILogger inner) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(RedactedState.Of(state, Redaction.Text(state.ToString() ?? "")));

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!inner.IsEnabled(logLevel))
            return;
        var message = Redaction.Text(formatter(state, exception));
        inner.Log(logLevel, eventId, RedactedState.Of(state, message), exception is null ? null : RedactedException.Of(exception), (shown, _) => shown.ToString());
    }
}
