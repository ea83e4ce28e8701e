using Xunit;

namespace Isthmus.System.Tests.Clusters;

/// <summary>Lends the clusters of the kubeconfigs that ISTHMUS_TEST_KUBECONFIGS names, separated by colons, to one test at a time: it may take more while it holds some, and two tests never wait for each other's.</summary>
internal static class RealClusterPool
{
    public const string Variable = "ISTHMUS_TEST_KUBECONFIGS";

    private static readonly string[] Kubeconfigs = Environment.GetEnvironmentVariable(Variable)?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];
    private static readonly List<string> Free = [.. Kubeconfigs];
    private static readonly SemaphoreSlim Turn = new(1);
    private static volatile string? _holder;

    public static bool AreUsed => Kubeconfigs.Length > 0;

    public static async Task<IReadOnlyList<string>> TakeAsync(int count, CancellationToken cancellationToken)
    {
        var test = TestContext.Current.Test?.UniqueID ?? TestContext.Current.TestClass?.UniqueID ?? "";
        if (_holder != test)
        {
            await Turn.WaitAsync(cancellationToken);
            _holder = test;
        }

        lock (Free)
        {
            if (Free.Count >= count)
            {
                var taken = Free[..count];
                Free.RemoveRange(0, count);
                return taken;
            }

            GiveUpTurn();
        }

        Assert.Skip($"Did not run: {Variable} names {Kubeconfigs.Length} clusters, which are too few for this test.");
        return [];
    }

    public static void Return(IReadOnlyList<string> taken)
    {
        lock (Free)
        {
            Free.AddRange(taken);
            GiveUpTurn();
        }
    }

    private static void GiveUpTurn()
    {
        if (Free.Count < Kubeconfigs.Length)
            return;
        _holder = null;
        Turn.Release();
    }
}
