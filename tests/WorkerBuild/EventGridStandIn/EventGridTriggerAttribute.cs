using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

[assembly: ExtensionInformation("Microsoft.Azure.WebJobs.Extensions.EventGrid", "3.3.0")]

namespace Microsoft.Azure.Functions.Worker;

/// <summary>
/// The trigger of the one package of the worker that some feeds lack, for .ci/worker alone: with it the worker build is compiled
/// against all the others. A publish never sees it.
/// </summary>
public sealed class EventGridTriggerAttribute : TriggerBindingAttribute, ISupportCardinality
{
    [DefaultValue(false)]
    public bool IsBatched { get; set; }

    Cardinality ISupportCardinality.Cardinality
    {
        get => IsBatched ? Cardinality.Many : Cardinality.One;
        set => IsBatched = value == Cardinality.Many;
    }
}
