using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Runtime.Reconcilers;

/// <summary>What a run tells while it goes on.</summary>
public abstract record RunStep
{
    private RunStep()
    {
    }

    /// <summary>A round's plan, before anything of it is written.</summary>
    public sealed record Planned(int Round, Plan Plan) : RunStep;

    public sealed record Wrote(RunEntry Entry) : RunStep;

    /// <summary>The server does not take an object.</summary>
    public sealed record Refused(ObjectId Id, string Reason) : RunStep;

    /// <summary>A cluster is left alone from here on.</summary>
    public sealed record Failed(ClusterName Cluster, string Reason) : RunStep;
}

/// <summary>How somebody who watches a run follows and ends it.</summary>
/// <param name="Progress">Told of each step, from several threads.</param>
/// <param name="Stop">Ends the run between two writes, so that none is left in doubt.</param>
public sealed record RunControl(IProgress<RunStep>? Progress, CancellationToken Stop);
