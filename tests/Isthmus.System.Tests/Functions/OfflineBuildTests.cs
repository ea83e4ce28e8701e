using Isthmus.Functions;
using Xunit;

namespace Isthmus.System.Tests.Functions;

public sealed class OfflineBuildTests
{
    [Fact]
    public void The_offline_build_refuses_to_start_under_the_functions_host()
    {
        var entry = typeof(NotifyChange).Assembly.EntryPoint;

        Assert.Equal(1, entry?.Invoke(null, [Array.Empty<string>()]));
    }
}
