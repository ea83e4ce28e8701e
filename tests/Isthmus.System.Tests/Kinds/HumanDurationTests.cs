using Isthmus.Embedded.Kinds;
using Xunit;

namespace Isthmus.System.Tests.Kinds;

public sealed class HumanDurationTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(130, "2m10s")]
    [InlineData(600, "10m")]
    [InlineData(10799, "179m")]
    [InlineData(10800, "3h")]
    [InlineData(11100, "3h5m")]
    [InlineData(172799, "47h")]
    [InlineData(172800, "2d")]
    [InlineData(691200, "8d")]
    [InlineData(63072000, "2y")]
    [InlineData(-5, "<invalid>")]
    public void Shows_ages_as_kubectl_does(int seconds, string expected) =>
        Assert.Equal(expected, HumanDuration.Format(TimeSpan.FromSeconds(seconds)));
}
