using BenchmarkDotNet.Running;
using Isthmus.Benchmarks.Injection;

if (args is ["load", .. var rest])
{
    return await InjectionLoad.RunAsync(LoadOptions.Parse(rest));
}

BenchmarkSwitcher.FromAssembly(typeof(ReviewBenchmarks).Assembly).Run(args);
return 0;
