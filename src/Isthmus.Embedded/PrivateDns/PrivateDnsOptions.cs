using Isthmus.Embedded.Tls;
using Microsoft.Extensions.Logging;

namespace Isthmus.Embedded.PrivateDns;

/// <summary>How an embedded Azure Private DNS runs.</summary>
public sealed record PrivateDnsOptions
{
    public required LoopbackAuthority Authority { get; init; }

    /// <summary>ARM id of the only resource group that there is.</summary>
    public required string ResourceGroup { get; init; }

    /// <summary>How often a long-running operation is said to go on before it is done.</summary>
    public int Polls { get; init; } = 1;

    /// <summary>Items of one page at most, whatever <c>$top</c> says.</summary>
    public int PageSize { get; init; } = 100;

    /// <summary>Record sets that one zone may hold.</summary>
    public int MostRecords { get; init; } = 25_000;

    public ILoggerFactory? LoggerFactory { get; init; }
}
