using Isthmus.Core.Trust;
using Xunit;

namespace Isthmus.Core.Tests.Trust;

/// <summary>Runs on a modelled mesh, dies once after some writes, and is started again. Between any two things that happen it looks whether all workloads of the clusters that count accept each other.</summary>
internal sealed class DyingRunner(TrustWorld world, int diesAfter)
{
    private int _left = diesAfter;

    public bool HasDied { get; private set; }

    /// <summary>Clusters that may lose the others: given up, or not in the mesh yet.</summary>
    public List<Isthmus.Core.Mesh.ClusterName> Apart { get; } = [];

    public void Run(TrustOrder? order = null)
    {
        if (HasDied)
        {
            world.Run(order);
        }
        else
        {
            _left -= world.Run(order, _left);
            HasDied = _left == 0;
        }

        Check();
    }

    /// <summary>istiods load one after the other, with a run after each; then what was issued before runs out.</summary>
    public void Round()
    {
        foreach (var cluster in world.Clusters.Where(cluster => !world.Silent.Contains(cluster)).ToList())
        {
            world.Settle(cluster);
            Check();
            Run();
        }

        world.Now += TrustWorld.Lifetime;
        Check();
        Run();
    }

    public void Check() => Assert.Null(world.Broken([.. Apart]));
}
