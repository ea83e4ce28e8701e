namespace Isthmus.Cli.Demo;

/// <summary>The demo's own files: the mesh document and what a cluster holds beforehand.</summary>
internal static class DemoAssets
{
    public static string MeshDocument() => Read("mesh.yaml");

    public static string Cluster(string cluster, string network) => Read("cluster.yaml")
        .Replace("$(CLUSTER)", cluster, StringComparison.Ordinal)
        .Replace("$(NETWORK)", network, StringComparison.Ordinal);

    private static string Read(string name)
    {
        using var stream = typeof(DemoAssets).Assembly.GetManifestResourceStream($"Isthmus.Cli.Demo.Assets.{name}")
            ?? throw new InvalidOperationException($"The program does not hold {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
