using System.Diagnostics;
using System.Text.Json.Nodes;
using HostStandIn.Protocol;

namespace HostStandIn;

/// <summary>A function as the worker indexed it.</summary>
/// <param name="Metadata">What the worker says of it, given back to it when it is to load.</param>
/// <param name="Bindings">The worker's own words on each binding, the trigger's first.</param>
internal sealed record LoadedFunction(RpcFunctionMetadata Metadata, IReadOnlyList<JsonObject> Bindings)
{
    public string Name => Metadata.Name;

    /// <summary>The name of the parameter that the trigger fills.</summary>
    public string Trigger => $"{Bindings[0]["name"]}";

    public string TriggerType => $"{Bindings[0]["type"]}";

    public static LoadedFunction Of(RpcFunctionMetadata metadata) =>
        new(metadata, [.. metadata.RawBindings.Select(binding => JsonNode.Parse(binding)).OfType<JsonObject>()]);

    public FunctionLoadRequest LoadRequest(string folder)
    {
        var metadata = new RpcFunctionMetadata { Name = Name, Directory = folder, EntryPoint = Metadata.EntryPoint, ScriptFile = Metadata.ScriptFile };
        foreach (var binding in Bindings)
        {
            metadata.Bindings.Add($"{binding["name"]}", new BindingInfo
            {
                Type = $"{binding["type"]}",
                Direction = Enum.Parse<BindingInfo.Types.Direction>($"{binding["direction"]}", ignoreCase: true),
                DataType = Enum.Parse<BindingInfo.Types.DataType>($"{binding["dataType"]?.ToString() ?? "undefined"}", ignoreCase: true),
            });
        }

        metadata.Properties.Add(Metadata.Properties);
        return new FunctionLoadRequest { FunctionId = Metadata.FunctionId, Metadata = metadata };
    }

    public InvocationRequest NewInvocation() => new()
    {
        InvocationId = Guid.NewGuid().ToString(),
        FunctionId = Metadata.FunctionId,
        TraceContext = new RpcTraceContext { TraceParent = $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01" },
    };
}
