using System.Net;
using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Xunit;

namespace Isthmus.Core.Tests.ControlPlane;

public sealed class RangePreflightTests
{
    private static readonly ClusterName West = new("west");
    private static readonly ClusterName North = new("north");

    [Theory]
    [InlineData("10.1.0.0/16", "10.96.0.0/16", "10.1.4.0/24", "10.97.0.0/16", "pods 10.1.0.0/16 of east overlap pods 10.1.4.0/24 of west")]
    [InlineData("10.1.0.0/16", "10.96.0.0/16", "10.2.0.0/16", "10.96.8.0/24", "Services 10.96.0.0/16 of east overlap Services 10.96.8.0/24 of west")]
    [InlineData("10.1.0.0/16", "10.96.0.0/16", "10.2.0.0/16", "10.1.8.0/24", "pods 10.1.0.0/16 of east overlap Services 10.1.8.0/24 of west")]
    [InlineData("fd00:1::/48", "fd00:2::/108", "fd00:1:0:8::/64", "fd00:3::/108", "pods fd00:1::/48 of east overlap pods fd00:1:0:8::/64 of west")]
    [InlineData("10.1.0.0/16", "10.96.0.0/16", "10.2.0.0/16", "10.97.0.0/16", null)]
    [InlineData("fd00:1::/48", "10.96.0.0/16", "fd00:4::/48", "10.97.0.0/16", null)]
    public void Every_clash_is_named_with_both_clusters_and_ranges(string pods, string services, string otherPods, string otherServices, string? clash)
    {
        var mesh = ReaderWorld.Mesh(
            $"name: east, network: n1, podCidrs: ['{pods}'], serviceCidrs: ['{services}']",
            $"name: west, network: n1, controlPlane: east, podCidrs: ['{otherPods}'], serviceCidrs: ['{otherServices}']");
        var report = Check(mesh);
        Assert.Equal(clash is null ? [] : [West], report.Refusals.Keys);
        if (clash is not null)
            Assert.Contains(clash, Assert.IsType<PlannedAction.Skipped>(Assert.Single(report.Findings.Actions)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clash_refuses_its_pair_and_nobody_else()
    {
        var mesh = ReaderWorld.Mesh(
            "name: west, network: n1, controlPlane: east, podCidrs: [10.1.0.0/16], serviceCidrs: [10.3.0.0/16]",
            "name: east, network: n1, podCidrs: [10.1.0.0/16], serviceCidrs: [10.4.0.0/16]",
            "name: north, network: n1, controlPlane: east, podCidrs: [10.5.0.0/16], serviceCidrs: [10.6.0.0/16]",
            "name: south, network: n2, controlPlane: east, podCidrs: [10.1.0.0/16], serviceCidrs: [10.6.0.0/16]",
            "name: other, network: n1, podCidrs: [10.1.0.0/16], serviceCidrs: [10.6.0.0/16]");
        // The control plane's own cluster is there in any case, so it is the other one that stays out.
        Assert.Equal([West], Check(mesh).Refusals.Keys);
    }

    [Fact]
    public void Of_two_served_clusters_the_later_one_stays_out_and_all_clashes_are_named()
    {
        var mesh = ReaderWorld.Mesh(
            "name: east, network: n9", "name: north, network: n1, controlPlane: east", "name: west, network: n1, controlPlane: east, podCidrs: [10.1.0.0/16]");
        var found = new Dictionary<ClusterName, ClusterRanges>
        {
            [new ClusterName("north")] = new() { Pods = [IPNetwork.Parse("10.1.2.0/24")], Services = [IPNetwork.Parse("10.96.0.0/16")] },
            [West] = new() { Pods = [IPNetwork.Parse("10.7.0.0/16")], Services = [IPNetwork.Parse("10.96.0.0/16")] },
        };
        var reason = Assert.Single(RangePreflight.Check(mesh, found, new HashSet<ClusterName>()).Refusals);
        Assert.Equal(West, reason.Key);
        Assert.Contains("pods 10.1.2.0/24 of north overlap pods 10.1.0.0/16 of west; Services 10.96.0.0/16 of north overlap Services 10.96.0.0/16 of west", reason.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_that_stays_out_is_in_nobodys_way_and_its_clashes_are_named_all_the_same()
    {
        var mesh = ReaderWorld.Mesh(
            "name: east, network: n1, podCidrs: [10.1.0.0/16], serviceCidrs: [10.11.0.0/16]",
            "name: west, network: n1, controlPlane: east, podCidrs: [10.0.0.0/14], serviceCidrs: [10.12.0.0/16]",
            "name: north, network: n1, controlPlane: east, podCidrs: [10.2.0.0/16], serviceCidrs: [10.13.0.0/16]");
        var refusal = Assert.Single(Check(mesh).Refusals);
        Assert.Equal(West, refusal.Key);
        Assert.Contains("pods 10.1.0.0/16 of east overlap pods 10.0.0.0/14 of west", refusal.Value, StringComparison.Ordinal);
        Assert.Contains("pods 10.0.0.0/14 of west overlap pods 10.2.0.0/16 of north", refusal.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_is_read_already_comes_before_who_would_join_and_stays_where_two_of_them_clash()
    {
        var mesh = ReaderWorld.Mesh(
            "name: north, network: n1, controlPlane: east, podCidrs: [10.1.0.0/16], serviceCidrs: [10.13.0.0/16]",
            "name: east, network: n1, podCidrs: [10.9.0.0/16], serviceCidrs: [10.11.0.0/16]",
            "name: west, network: n1, controlPlane: east, podCidrs: [10.1.0.0/16], serviceCidrs: [10.12.0.0/16]");
        Assert.Equal([West], Check(mesh).Refusals.Keys);
        Assert.Equal([North], Check(mesh, West).Refusals.Keys);
        var both = Assert.Single(Check(mesh, West, North).Refusals);
        Assert.Contains("its istiod reads it already", both.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_those_that_may_join_no_two_share_an_address_and_each_that_may_not_shares_one_with_them() =>
        Gen.Select(Gen.Int[0, 3].Array[4], Gen.Int[0, 3].Array[4], Gen.Bool.Array[4]).Sample((pods, services, read) =>
        {
            var names = new[] { "east", "north", "south", "west" };
            var mesh = ReaderWorld.Mesh([.. names.Select((name, i) =>
                $"name: {name}, network: n1, podCidrs: [10.{pods[i]}.0.0/16], serviceCidrs: ['fd00:{services[i]}::/32']{(i == 0 ? "" : ", controlPlane: east")}")]);
            var inUse = names.Skip(1).Where((_, i) => read[i + 1]).Select(name => new ClusterName(name)).ToHashSet();
            var refusals = RangePreflight.Check(mesh, new Dictionary<ClusterName, ClusterRanges>(), inUse).Refusals;
            bool Share(int left, int right) => left != right && (pods[left] == pods[right] || services[left] == services[right]);
            bool IsIn(int i) => i == 0 || read[i] || !refusals.ContainsKey(new ClusterName(names[i]));
            var all = Enumerable.Range(0, 4).ToList();
            return all.Where(i => i > 0 && !read[i]).All(i => IsIn(i) != all.Any(other => IsIn(other) && Share(i, other)))
                && all.All(i => all.Where(other => Share(i, other)).All(other => refusals.Values.Any(reason =>
                    reason.Contains($"clusters {names[Math.Min(i, other)]} and {names[Math.Max(i, other)]} ", StringComparison.Ordinal))));
        }, iter: 500);

    [Fact]
    public void What_is_not_known_is_said()
    {
        var mesh = ReaderWorld.Mesh("name: east, network: n1, podCidrs: [10.1.0.0/16], serviceCidrs: [10.2.0.0/16]", "name: west, network: n1, controlPlane: east, serviceCidrs: [10.3.0.0/16]");
        Assert.Equal([West], RangePreflight.ToBeFound(mesh).Select(cluster => cluster.Name));
        var report = RangePreflight.Check(mesh, new Dictionary<ClusterName, ClusterRanges> { [West] = ClusterRanges.Unknown }, new HashSet<ClusterName>());
        Assert.Contains("give podCidrs", Assert.IsType<PlannedAction.Skipped>(Assert.Single(report.Findings.Actions)).Reason, StringComparison.Ordinal);
        Assert.Empty(report.Refusals);
    }

    [Theory]
    [InlineData("Service \"x\" is invalid: spec.clusterIPs: Invalid value: []string{\"0.0.0.1\"}: failed to allocate IP 0.0.0.1: the provided IP (0.0.0.1) is not in the valid range. The range of valid IPs is 10.96.0.0/12", "10.96.0.0/12")]
    [InlineData("cluster east: Service \"x\" is invalid: spec.clusterIP: Invalid value: \"::1\": provided IP is not in the valid range. The range of valid IPs is fd00:10:96::/108", "fd00:10:96::/108")]
    [InlineData("the server is busy", null)]
    public void The_servers_refusal_names_its_range(string message, string? range) =>
        Assert.Equal(range is null ? [] : [IPNetwork.Parse(range)], ClusterRanges.ServicesOf(message));

    [Fact]
    public void Ranges_of_nodes_are_put_together() => Assert.Equal(
        [IPNetwork.Parse("10.244.0.0/22"), IPNetwork.Parse("10.244.9.0/24"), IPNetwork.Parse("fd00::/63")],
        ClusterRanges.PodsOf(new[] { "10.244.0.0/24", "10.244.3.0/24", "10.244.1.0/24", "10.244.2.0/24", "10.244.9.0/24", "fd00::/64", "fd00:0:0:1::/64", "10.244.0.128/25" }
            .Select(range => new JsonObject { ["spec"] = new JsonObject { ["podCIDR"] = range, ["podCIDRs"] = new JsonArray(range) } })
            .Append(new JsonObject { ["spec"] = new JsonObject() })));

    [Fact]
    public void Putting_together_keeps_exactly_the_addresses() =>
        Gen.Select(Gen.Int[0, 63], Gen.Int[24, 32]).Select((part, length) => IPNetwork.Parse($"10.0.{part >> 4}.{(part & 15) << 4}/32") is var host
                ? new IPNetwork(Masked(host.BaseAddress, length), length) : default).Array[0, 12]
            .Sample(ranges =>
            {
                var collapsed = ClusterRanges.Collapse(ranges.Select(range => range.ToString()));
                return Enumerable.Range(0, 1024).Select(number => IPAddress.Parse($"10.0.{number >> 8}.{number & 255}"))
                    .All(address => ranges.Any(range => range.Contains(address)) == collapsed.Any(range => range.Contains(address)));
            }, iter: 200);

    private static RangeReport Check(MeshDocument mesh, params ClusterName[] read) =>
        RangePreflight.Check(mesh, new Dictionary<ClusterName, ClusterRanges>(), read.ToHashSet());

    private static IPAddress Masked(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < 32; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPAddress(bytes);
    }
}
