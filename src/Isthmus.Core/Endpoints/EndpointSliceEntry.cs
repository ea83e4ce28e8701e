using System.Text.Json;

namespace Isthmus.Core.Endpoints;

/// <summary>One endpoint of a slice. Kubernetes takes an absent condition for ready and for serving.</summary>
internal readonly record struct EndpointSliceEntry(string Address, string? SecondAddress, string Node, string Pod, bool IsReady, bool IsServing, bool IsTerminating)
{
    /// <summary>All addresses of an endpoint are the same pod's; more than one is rare.</summary>
    public IEnumerable<string> Addresses => (Address.Length, SecondAddress) switch
    {
        (0, _) => [],
        (_, null) => [Address],
        _ => [Address, .. SecondAddress.Split(' ')],
    };

    public static EndpointSliceEntry Read(JsonElement endpoint)
    {
        var addresses = endpoint.Items("addresses").Where(address => address.ValueKind == JsonValueKind.String).Select(address => address.GetString() ?? "").ToList();
        var target = endpoint.Member("targetRef");
        var conditions = endpoint.Member("conditions");
        return new EndpointSliceEntry(
            addresses.Count > 0 ? addresses[0] : "",
            addresses.Count > 1 ? string.Join(' ', addresses.Skip(1)) : null,
            endpoint.Text("nodeName"),
            target.Text("kind") == "Pod" ? target.Text("name") : "",
            !conditions.Is("ready", false),
            !conditions.Is("serving", false),
            conditions.Is("terminating", true));
    }
}
