using BenchmarkDotNet.Running;
using Isthmus.Benchmarks.Endpoints;
using Isthmus.Benchmarks.Federation;
using Isthmus.Benchmarks.Injection;

switch (args)
{
    case ["load", .. var rest]:
        return await InjectionLoad.RunAsync(LoadOptions.Parse(rest));
    case ["mesh", .. var rest]:
        return await MeshLoad.RunAsync(MeshLoadOptions.Parse(rest));
    case ["discovery", .. var rest]:
        return await DiscoveryLoad.RunAsync(DiscoveryLoadOptions.Parse(rest));
    case [DiscoveryLoad.Command, var folder, .. var size]:
        var options = DiscoveryLoadOptions.Parse(size);
        return await ClustersProcess.ServeAsync(folder, DiscoveryMesh.Document(options), DiscoveryMesh.Clusters(options));
    case [ClustersProcess.Command, var folder, .. var size]:
        return await ClustersProcess.ServeAsync(folder, MeshLoadOptions.Parse(size));
    default:
        BenchmarkSwitcher.FromAssembly(typeof(ReviewBenchmarks).Assembly).Run(args);
        return 0;
}
