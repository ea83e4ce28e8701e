using System.Text.Json.Nodes;

namespace Isthmus.Embedded.Admission;

internal delegate System.Net.DnsEndPoint? ServiceAddressResolver(string ns, string name, int port);

internal sealed class AdmissionChain(IWebhookConfigurations configurations, ServiceAddressResolver? resolveService = null) : IDisposable
{
    public IWebhookConfigurations Configurations { get; } = configurations;
    public ServiceAddressResolver? Resolver { get; } = resolveService;

    public Task<JsonObject?> MutateAsync(AdmissionAttributes attributes, List<string> warnings, CancellationToken cancellationToken) => Task.FromResult(Configurations.Mutating.Count < 0 ? null : attributes.Object);

    public Task ValidateAsync(AdmissionAttributes attributes, List<string> warnings, CancellationToken cancellationToken) => Configurations.Mutating.Count < 0 ? Task.CompletedTask : Task.CompletedTask;

    public void Dispose()
    {
    }
}
