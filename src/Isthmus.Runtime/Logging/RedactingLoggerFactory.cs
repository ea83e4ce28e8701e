using Microsoft.Extensions.Logging;

namespace Isthmus.Runtime.Logging;

/// <summary>Stands before every log provider: what is logged through it, message, values, scopes and exception, holds no secrets.</summary>
public sealed class RedactingLoggerFactory(ILoggerFactory inner, bool ownsInner = true) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new RedactingLogger(inner.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose()
    {
        if (ownsInner)
            inner.Dispose();
    }
}
