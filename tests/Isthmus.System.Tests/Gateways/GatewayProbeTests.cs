using Isthmus.Core.Federation;
using Isthmus.Runtime.Gateways;
using Xunit;

namespace Isthmus.System.Tests.Gateways;

public sealed class GatewayProbeTests
{
    private static readonly string Name = GatewayProbe.ServerName("reviews.shop.svc.cluster.local", 9080);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gateway_that_leads_to_a_pod_answers_for_the_services_name()
    {
        await using var gateway = new TlsGateway();
        var result = await new GatewayProbe(TimeProvider.System).ProbeAsync(gateway.Address, Name, Cancel);
        Assert.True(result.IsAnswer, result.Detail);
        Assert.Equal(TlsGateway.Identity, result.Identity);
        Assert.True(result.Expires > DateTimeOffset.UtcNow);
        Assert.Equal("outbound_.9080_._.reviews.shop.svc.cluster.local", Assert.Single(gateway.Names));
    }

    [Theory]
    [InlineData(GatewayMood.Closes, ProbeOutcome.Closed)]
    [InlineData(GatewayMood.SpeaksPlainly, ProbeOutcome.NotTls)]
    [InlineData(GatewayMood.Hangs, ProbeOutcome.TimedOut)]
    internal async Task What_does_not_lead_to_a_pod_is_told_apart(GatewayMood mood, ProbeOutcome outcome)
    {
        await using var gateway = new TlsGateway { Mood = mood };
        var probe = new GatewayProbe(TimeProvider.System) { Patience = TimeSpan.FromSeconds(mood == GatewayMood.Hangs ? 0.2 : 20) };
        var result = await probe.ProbeAsync(gateway.Address, Name, Cancel);
        Assert.Equal(outcome, result.Outcome);
        Assert.False(result.IsAnswer);
    }

    [Fact]
    public async Task Where_nobody_listens_or_no_name_leads_nothing_answers()
    {
        await using var gateway = new TlsGateway();
        gateway.Stop();
        var probe = new GatewayProbe(TimeProvider.System) { Patience = TimeSpan.FromSeconds(20) };
        Assert.Equal(ProbeOutcome.Refused, (await probe.ProbeAsync(gateway.Address, Name, Cancel)).Outcome);
        Assert.Equal(ProbeOutcome.NotResolved, (await probe.ProbeAsync(new GatewayAddress("gateway.invalid", 15443), Name, Cancel)).Outcome);
        gateway.Start();
        Assert.True((await probe.ProbeAsync(gateway.Address, Name, Cancel)).IsAnswer);
    }
}
