using System.Collections.Concurrent;
using Isthmus.Core.Federation;

namespace Isthmus.Runtime.Gateways;

/// <summary>One round of probes over all gateways: whatever would change what is known is probed again until it is certain.</summary>
internal sealed class GatewayRound(GatewayProbeOptions options, TimeProvider time)
{
    private readonly GatewayProbe _probe = new(time) { Patience = options.Patience };

    public async Task<IReadOnlyList<GatewayFinding>> RunAsync(IReadOnlyList<GatewayTarget> targets, GatewayHealth known, CancellationToken cancellationToken)
    {
        var verdicts = new ConcurrentDictionary<GatewayAddress, (bool? Answers, string Detail)>();
        var work = targets.SelectMany(target => target.Addresses, (target, address) => (target, address)).DistinctBy(pair => pair.address);
        await Parallel.ForEachAsync(
            work,
            new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = cancellationToken },
            async (pair, token) => verdicts[pair.address] = await JudgeAsync(pair.target, pair.address, State(known, pair.target, pair.address), token).ConfigureAwait(false)).ConfigureAwait(false);
        return
        [
            .. targets.Select(target => new GatewayFinding(
                target.Cluster,
                target.ServerNames,
                [.. target.Addresses.Select(address => (address, verdicts[address].Answers, verdicts[address].Detail))])),
        ];
    }

    private static GatewayState State(GatewayHealth known, GatewayTarget target, GatewayAddress address) =>
        known.Of(target.Cluster).Addresses.GetValueOrDefault(address)?.State ?? GatewayState.Unproven;

    private async Task<(bool? Answers, string Detail)> JudgeAsync(GatewayTarget target, GatewayAddress address, GatewayState state, CancellationToken cancellationToken)
    {
        if (target.ServerNames.IsEmpty)
            return (null, "the cluster exports nothing, so there is nothing to probe with");
        var needed = state switch
        {
            GatewayState.Up => options.FailuresToDown,
            GatewayState.Down => options.AnswersToUp,
            _ => 1,
        };
        for (var count = 1; ; count++)
        {
            var result = await ProbeAsync(target, address, cancellationToken).ConfigureAwait(false);
            // Without a pod behind the name a gateway that is well closes the connection too.
            if (result.Outcome == ProbeOutcome.Closed && !target.IsReady)
                return (null, "no endpoint of an exported service is ready");
            if (count >= needed || result.IsAnswer == (state == GatewayState.Up))
                return (result.IsAnswer, result.Detail);
            await Task.Delay(options.Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<GatewayProbeResult> ProbeAsync(GatewayTarget target, GatewayAddress address, CancellationToken cancellationToken)
    {
        var result = await _probe.ProbeAsync(address, target.ServerNames[0], cancellationToken).ConfigureAwait(false);
        // Only a closed connection may be the one service's fault.
        foreach (var name in target.ServerNames.Skip(1))
        {
            if (result.Outcome is not (ProbeOutcome.Closed or ProbeOutcome.NotTls))
                break;
            result = await _probe.ProbeAsync(address, name, cancellationToken).ConfigureAwait(false);
        }

        return result;
    }
}
