using HostStandIn;

// HostStandIn FOLDER METADATA [LOG]: runs the built worker in FOLDER, whose functions have to be those of the file METADATA. All that it tells
// goes into the file LOG, and the end of it to standard error where a check fails.
var (folder, metadata) = (Path.GetFullPath(args[0]), args[1]);
// Whatever hangs, the run ends, and the worker with it.
using var overall = new CancellationTokenSource(TimeSpan.FromSeconds(120));
var trial = new WorkerTrial(folder, metadata);
try
{
    await trial.RunAsync().WaitAsync(overall.Token);
    Console.WriteLine($"run under a stand-in of the Functions host: {Check.Count} checks hold, and its functions are loaded after {trial.Start.TotalSeconds:0.0} s");
    return 0;
}
catch (Exception fault) when (fault is CheckFailedException or TimeoutException or OperationCanceledException or HttpRequestException)
{
    foreach (var line in trial.Told.TakeLast(40))
        Console.Error.WriteLine(line.Length > 2000 ? line[..2000] : line);
    Console.Error.WriteLine(fault is OperationCanceledException ? "the trial does not end" : fault.Message);
    return 1;
}
finally
{
    if (args.Length > 2)
        await File.WriteAllLinesAsync(args[2], trial.Told);
}
