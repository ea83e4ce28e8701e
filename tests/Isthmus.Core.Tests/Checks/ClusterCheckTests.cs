using Isthmus.Core.Checks;
using Isthmus.Core.Injection;
using Xunit;

namespace Isthmus.Core.Tests.Checks;

public sealed class ClusterCheckTests
{
    [Fact]
    public void A_good_mesh_has_no_problem_and_says_what_was_looked_at()
    {
        var findings = CheckWorld.Find(CheckWorld.Good);

        Assert.All(findings, finding => Assert.Equal(CheckSeverity.Ok, finding.Severity));
        Assert.Contains(findings, finding => finding is { Cluster.Value: "east", Subject: "API server", What: "v1.33.1 answers in 20 ms" });
        Assert.Contains(findings, finding => finding is { Cluster.Value: "west", Subject: "Istio" });
        Assert.Equal(findings.OrderBy(finding => finding.Cluster).Select(finding => finding.Cluster), findings.Select(finding => finding.Cluster));
    }

    [Fact]
    public void A_silent_cluster_is_one_error_and_the_others_are_checked()
    {
        var findings = CheckWorld.Find(new ClusterCheckSnapshot { Silence = "cluster east cannot be reached: no answer within 8 s" });

        var east = Assert.Single(findings, finding => finding.Cluster == CheckWorld.East);
        Assert.Equal(CheckSeverity.Error, east.Severity);
        Assert.Contains("no answer within 8 s", east.What, StringComparison.Ordinal);
        Assert.Contains(findings, finding => finding is { Cluster.Value: "west", Subject: "Istio" });
    }

    [Fact]
    public void What_a_server_refuses_to_show_is_an_error()
    {
        var problem = Assert.Single(CheckWorld.Problems(CheckWorld.Good with { Unread = ["cannot read pods in shop: forbidden"] }));

        Assert.Equal(CheckSeverity.Error, problem.Severity);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(4, null)]
    [InlineData(-6, CheckSeverity.Warning)]
    [InlineData(6, CheckSeverity.Warning)]
    [InlineData(61, CheckSeverity.Error)]
    [InlineData(-3600, CheckSeverity.Error)]
    public void Clocks_that_differ_are_told(int seconds, CheckSeverity? expected)
    {
        var good = CheckWorld.Good.Answer ?? throw new InvalidOperationException();

        var problems = CheckWorld.Problems(CheckWorld.Good with { Answer = good with { Date = good.Date?.AddSeconds(seconds) } });

        Assert.Equal(expected is null ? [] : [expected.Value], problems.Select(problem => problem.Severity));
        Assert.All(problems, problem => Assert.Contains(seconds < 0 ? "behind" : "ahead of", problem.What, StringComparison.Ordinal));
    }

    [Fact]
    public void Missing_rights_are_one_line_for_each_resource()
    {
        var problems = CheckWorld.Problems(CheckWorld.Good with
        {
            MissingRights =
            [
                new RequiredRight("", "secrets", "create", RightScope.EveryCluster),
                new RequiredRight("", "secrets", "update", RightScope.EveryCluster),
                new RequiredRight("networking.istio.io", "gateways", "list", RightScope.EveryCluster),
            ],
        });

        Assert.Equal(["may not create, update secrets", "may not list gateways.networking.istio.io"], problems.Select(problem => problem.What));
    }

    [Theory]
    [InlineData(19, CheckSeverity.Error)]
    [InlineData(20, null)]
    [InlineData(31, null)]
    [InlineData(32, CheckSeverity.Warning)]
    public void Istio_is_supported_from_1_20_to_1_31(int minor, CheckSeverity? expected)
    {
        var problems = CheckWorld.Problems(CheckWorld.Good with { Istiods = [CheckWorld.Istiod(new IstioVersion(1, minor, 3))] });

        Assert.Equal(expected is null ? [] : [expected.Value], problems.Select(problem => problem.Severity));
    }

    [Fact]
    public void A_cluster_without_istiod_or_with_one_that_is_not_ready_is_an_error()
    {
        var none = Assert.Single(CheckWorld.Problems(CheckWorld.Good with { Istiods = [] }));
        var unready = Assert.Single(CheckWorld.Problems(CheckWorld.Good with { Istiods = [CheckWorld.Istiod(new IstioVersion(1, 27, 0)) with { ReadyReplicas = 0 }] }));

        Assert.Contains("no istiod", none.What, StringComparison.Ordinal);
        Assert.Contains("no pod of it is ready", unready.What, StringComparison.Ordinal);
        Assert.Equal([CheckSeverity.Error, CheckSeverity.Error], [none.Severity, unready.Severity]);
    }

    [Fact]
    public void A_cluster_that_another_serves_needs_no_istiod()
    {
        var mesh = CheckWorld.Mesh(text => text.Replace("name: east, network: n-east", "name: east, network: n-east, controlPlane: west", StringComparison.Ordinal));

        Assert.Equal(["remote secret of east"], CheckWorld.Problems(CheckWorld.Good with { Istiods = [] }, mesh).Select(problem => problem.Subject));
    }

    [Fact]
    public void Rights_to_give_a_reader_are_needed_only_where_there_is_one()
    {
        var mesh = CheckWorld.Mesh(text => text.Replace("name: east, network: n-east", "name: east, network: n-east, controlPlane: west", StringComparison.Ordinal));

        Assert.Contains(RequiredRights.In(mesh.Clusters[0]), right => right is { Group: "apps", Resource: "replicasets" });
        Assert.DoesNotContain(RequiredRights.In(mesh.Clusters[1]), right => right is { Group: "apps", Resource: "replicasets" });
    }
}
