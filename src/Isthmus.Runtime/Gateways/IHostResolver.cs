namespace Isthmus.Runtime.Gateways;

/// <summary>Says to how many addresses a host name resolves, as Envoy would see it; null where it does not resolve.</summary>
public interface IHostResolver
{
    Task<int?> CountAsync(string host, CancellationToken cancellationToken);
}
