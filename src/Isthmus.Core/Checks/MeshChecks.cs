using System.Collections.Immutable;

namespace Isthmus.Core.Checks;

/// <summary>The preflight: every rule, over one snapshot. Findings are sorted by cluster, and in it as the rules stand here.</summary>
public static class MeshChecks
{
    private static readonly ImmutableArray<Func<CheckSnapshot, IEnumerable<CheckFinding>>> Rules =
    [
        ReachRule.Check,
        ClockRule.Check,
        RightsRule.Check,
        IstioVersionRule.Check,
        GatewayRule.Check,
        ForeignGatewayRule.Check,
        MutualTlsRule.Check,
        SidecarScopeRule.Check,
        GlobalHostRule.Check,
        SidecarlessPodRule.Check,
        DnsRule.Check,
        InjectionRule.Check,
        TrustRule.Check,
        TrustDomainRule.Check,
        RangeRule.Check,
        RemoteSecretRule.Check,
    ];

    public static ImmutableArray<CheckFinding> Run(CheckSnapshot snapshot) =>
    [
        .. Rules.SelectMany((rule, order) => rule(snapshot).Select(finding => (order, finding)))
            .OrderBy(pair => pair.finding.Cluster)
            .ThenBy(pair => pair.order)
            .ThenBy(pair => pair.finding.Subject, StringComparer.Ordinal)
            .ThenBy(pair => pair.finding.What, StringComparer.Ordinal)
            .Select(pair => pair.finding),
    ];
}
