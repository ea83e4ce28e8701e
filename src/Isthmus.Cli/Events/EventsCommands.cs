using System.CommandLine;
using Isthmus.Cli.Local;
using Isthmus.Runtime.EventGrid.Replay;

namespace Isthmus.Cli.Events;

/// <summary><c>isthmus events replay</c>: delivers again what Event Grid gave up.</summary>
internal static class EventsCommands
{
    public static Command Create() => Create(new ReplayConnections(), TimeProvider.System);

    /// <param name="connections">Opens what the options name.</param>
    /// <param name="time">What relative times count from.</param>
    internal static Command Create(ReplayConnections connections, TimeProvider time) =>
        new("events", "Deals with the events that drive Isthmus on Azure.") { Replay(connections, time) };

    private static Command Replay(ReplayConnections connections, TimeProvider time)
    {
        var options = new ReplayOptionSet(time);
        var command = new Command("replay", "Delivers dead letters of Event Grid again: from their container, or from a folder that it was downloaded to.");
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var streams = parsed.InvocationConfiguration;
            var output = new ReplayText(streams, options.Json(parsed));
            try
            {
                using var target = await connections.TargetAsync(options.Target(parsed), cancellationToken);
                var replay = new EventReplay(connections.Store(options.From(parsed)), target.Events, time);
                await replay.RunAsync(options.Replay(parsed), output.Tell, cancellationToken);
                return output.End(dryRun: options.Replay(parsed).DryRun);
            }
            catch (EventRefusedException refused)
            {
                output.End(dryRun: false);
                return CommandOptions.Fail(refused, streams.Error);
            }
            catch (Exception fault) when (fault is DeadLetterStoreException || CommandOptions.IsUsers(fault))
            {
                return CommandOptions.Fail(fault, streams.Error);
            }
        });
        return command;
    }
}
