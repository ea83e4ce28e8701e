using Isthmus.Runtime.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Isthmus.Cli.Local;

/// <summary>Logs without secrets on standard error, so that standard output stays what the command answers.</summary>
internal static class StandardErrorLog
{
    public static ILoggerFactory Create(LogLevel level) => new RedactingLoggerFactory(LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(level);
        // The server's own lines name every address that is called, and webhook addresses carry tokens.
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System.Net.Http", LogLevel.Warning);
        logging.Services.Configure(level);
        logging.AddSimpleConsole(console => console.SingleLine = true);
    }));

    private static void Configure(this Microsoft.Extensions.DependencyInjection.IServiceCollection services, LogLevel level) =>
        Microsoft.Extensions.DependencyInjection.OptionsServiceCollectionExtensions.Configure<ConsoleLoggerOptions>(
            services, console => console.LogToStandardErrorThreshold = level);
}
