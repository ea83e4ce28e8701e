using Isthmus.Core.Trust;
using Xunit;

namespace Isthmus.Core.Tests.Trust;

public sealed class CaExpiryTests
{
    private static readonly DateTimeOffset Now = CertificateShape.Now;

    [Fact]
    public void What_ends_within_thirty_days_is_noticed_once_the_first_to_end_first()
    {
        var ca = TestCa.Two(new() { Until = Now.AddDays(20) }, new() { Until = Now.AddDays(9.5) });

        var notices = CaExpiry.Find(ca.Material, Now);

        Assert.Equal([9, 20], notices.Select(notice => notice.Days));
        Assert.StartsWith("root-cert.pem, block 1: CN=root ends at 2026-12-02 00:00:00Z: bring in a new root", notices[0].Message, StringComparison.Ordinal);
        Assert.StartsWith("ca-cert.pem: CN=intermediate ends at 2026-12-12 12:00:00Z: store a renewed one", notices[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_lasts_longer_is_not() =>
        Assert.Empty(CaExpiry.Find(TestCa.Two(new() { Until = Now.AddDays(31) }, new() { Until = Now.AddDays(31) }).Material, Now));

    [Fact]
    public void Each_file_ends_with_its_first_certificate()
    {
        var ca = TestCa.Two(new() { Until = Now.AddDays(40) }, new() { From = Now.AddDays(-10), Until = Now.AddDays(-2) });

        var ends = CaExpiry.Ends(ca.Material).ToDictionary(end => end.File, end => end.Until - Now);

        Assert.Equal(TimeSpan.FromDays(40), ends["ca-cert.pem"]);
        Assert.Equal(TimeSpan.FromDays(-2), ends["root-cert.pem"]);
    }

    [Fact]
    public void A_notice_says_the_same_on_another_day()
    {
        var ca = TestCa.Two(new() { Until = Now.AddDays(20) });

        Assert.Equal(Assert.Single(CaExpiry.Find(ca.Material, Now)).Message, Assert.Single(CaExpiry.Find(ca.Material, Now.AddDays(3))).Message);
    }
}
