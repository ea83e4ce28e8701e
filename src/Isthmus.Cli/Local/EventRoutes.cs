using Isthmus.Core.Events;
using Isthmus.Functions;

namespace Isthmus.Cli.Local;

/// <summary>Which function subscribes to which types of events; infra/ subscribes them the same way on Azure.</summary>
internal static class EventRoutes
{
    public static readonly IReadOnlyList<(string Function, string[] Types)> All =
    [
        (nameof(OnServiceChanged), [MeshEvent.ServiceChangedType]),
        (nameof(OnClusterChanged), [MeshEvent.ClusterChangedType, "Microsoft.Resources.*", "Microsoft.ContainerService.*", "Microsoft.Storage.BlobCreated"]),
        (nameof(OnCertificateChanged), ["Microsoft.KeyVault.*"]),
    ];

    /// <summary>The function that gets events of a type; null for none.</summary>
    public static string? FunctionOf(string type) => All
        .Where(route => Array.Exists(route.Types, wanted => wanted.EndsWith('*')
            ? type.StartsWith(wanted[..^1], StringComparison.OrdinalIgnoreCase)
            : string.Equals(wanted, type, StringComparison.OrdinalIgnoreCase)))
        .Select(route => route.Function)
        .FirstOrDefault();
}
