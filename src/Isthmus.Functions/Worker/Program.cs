using Isthmus.Runtime.Composition;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddIsthmus(await AzureSettings.ReadAsync(name => builder.Configuration[name], CancellationToken.None));
await builder.Build().RunAsync();
