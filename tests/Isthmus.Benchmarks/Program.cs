using BenchmarkDotNet.Running;
using Isthmus.Benchmarks.Federation;
using Isthmus.Benchmarks.Injection;

switch (args)
{
    case ["load", .. var rest]:
        return await InjectionLoad.RunAsync(LoadOptions.Parse(rest));
    case ["mesh", .. var rest]:
        return await MeshLoad.RunAsync(MeshLoadOptions.Parse(rest));
    case [ClustersProcess.Command, var folder, .. var size]:
        return await ClustersProcess.ServeAsync(folder, MeshLoadOptions.Parse(size));
    default:
        BenchmarkSwitcher.FromAssembly(typeof(ReviewBenchmarks).Assembly).Run(args);
        return 0;
}
