using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Isthmus.Functions.Worker;
using Isthmus.Runtime.Composition;
using Isthmus.Runtime.Injection;
using Isthmus.Runtime.Logging;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<FailedRequests>();
// Four lines for each request would say what its span says, and proxies ask every few seconds. A setting of the same name brings them back.
builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
{
    InitialData = [KeyValuePair.Create<string, string?>("Logging:LogLevel:Microsoft.AspNetCore", "Warning")],
});
var telemetry = builder.Services.AddOpenTelemetry()
    .UseFunctionsWorkerDefaults()
    .WithTracing(tracing => tracing.AddSource(IsthmusTelemetry.Name))
    .WithMetrics(metrics => metrics.AddMeter(IsthmusTelemetry.Name, InjectionMetrics.MeterName));
// Without the address there is nowhere to send to, and the exporter would refuse to start.
if (builder.Configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"] is { Length: > 0 })
    // It takes tokens only (infra/modules/monitoring.bicep); whose, AZURE_CLIENT_ID says.
    telemetry.UseAzureMonitorExporter(options => options.Credential = new DefaultAzureCredential());
builder.Services.AddIsthmus(await AzureSettings.ReadAsync(name => builder.Configuration[name], CancellationToken.None));
await builder.Build().RunAsync();
