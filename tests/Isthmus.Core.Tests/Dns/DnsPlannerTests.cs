using System.Text.Json.Nodes;
using CsCheck;
using Isthmus.Core.Dns;
using Isthmus.Core.Federation;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;
using Isthmus.Core.Tests.Planning;
using Xunit;

namespace Isthmus.Core.Tests.Dns;

public sealed class DnsPlannerTests
{
    private const string Corefile = ".:53 {\n    errors\n    kubernetes cluster.local\n    reload\n}\n";
    private static readonly Dictionary<string, string> Two = new() { ["reviews.shop.global"] = "240.0.0.2", ["pay.bank.global"] = "240.0.0.3" };

    [Fact]
    public void Appends_a_marked_block_to_the_corefile_and_takes_it_out_again()
    {
        var mesh = Mesh("coredns");
        var live = ConfigMap("Corefile", Corefile);
        var written = Content(mesh, live, Two);
        Assert.Equal(Corefile + """

            # BEGIN isthmus mesh m: kept by Isthmus, changes in here are lost
            global:53 {
                errors
                reload 10s 4s
                rewrite type PTR TXT
                hosts /dev/null global {
                    240.0.0.3 pay.bank.global
                    240.0.0.2 reviews.shop.global
                    ttl 15
                    no_reverse
                    fallthrough
                }
                forward . 127.0.0.1:5399 {
                    max_fails 0
                }
            }
            global:5399 {
                bind 127.0.0.1
                errors
                template IN SOA global {
                    match "^global[.]$"
                    answer "global. 5 IN SOA ns.dns.global. hostmaster.global. 1 7200 1800 86400 5"
                    fallthrough
                }
                template ANY ANY global {
                    match "^(?:bank[.]global[.]|global[.]|shop[.]global[.])$"
                    authority "global. 5 IN SOA ns.dns.global. hostmaster.global. 1 7200 1800 86400 5"
                    fallthrough
                }
                template ANY ANY global {
                    rcode NXDOMAIN
                    authority "global. 5 IN SOA ns.dns.global. hostmaster.global. 1 7200 1800 86400 5"
                }
            }
            # END isthmus

            """, Text(written, "Corefile"));
        Assert.True(JsonNode.DeepEquals(live, Content(mesh, written, [])));
    }

    [Theory]
    [InlineData("coredns")]
    [InlineData("coredns-custom")]
    public void Where_names_may_be_exported_the_domain_is_denied_here_before_the_first_and_after_the_last_until_the_cluster_leaves(string provider)
    {
        var mesh = Mesh(provider, mayExport: "shop");
        var clean = ConfigMap("Corefile", Corefile);
        var before = Content(mesh, clean, []);
        Assert.Contains("global:53 {", Text(before, "Corefile") + Text(before, "isthmus.server"), StringComparison.Ordinal);
        Assert.Empty(DnsPlanner.Read(mesh.Clusters[0], before));
        Assert.DoesNotContain(Plan(mesh, before, []), action => action.IsWrite);

        var with = Content(mesh, before, Two);
        Assert.Equal(2, DnsPlanner.Read(mesh.Clusters[0], with).Count);
        Assert.True(JsonNode.DeepEquals(before, Content(mesh, with, [])));
        Assert.True(JsonNode.DeepEquals(clean, Content(Mesh(provider, mayExport: "shop", state: ", state: leaving"), before, [])));
    }

    [Fact]
    public void A_zone_without_names_exists_itself()
    {
        var zone = Text(Content(Mesh("coredns-custom", mayExport: "shop"), ConfigMap("x", ""), []), "isthmus.zone");
        Assert.Matches(@"\n@ 5 IN SOA [^\n]+\n@ IN TXT ""no name is exported""\n$", zone);
    }

    [Theory]
    [InlineData("coredns")]
    [InlineData("coredns-custom")]
    public void Without_names_nobody_is_told_that_the_domain_is_taken_and_nothing_is_written_beside(string provider)
    {
        var mesh = Mesh(provider, mayExport: "shop");
        Assert.Empty(Plan(mesh, ConfigMap(provider == "coredns" ? "Corefile" : "x.server", "global:53 {\n}\n"), []));
        if (provider == "coredns")
            Assert.Empty(Plan(mesh, null, []));
    }

    [Fact]
    public void What_others_write_before_and_behind_our_block_stays()
    {
        var mesh = Mesh("coredns");
        var written = Content(mesh, ConfigMap("Corefile", Corefile), Two);
        written["data"] = new JsonObject { ["Corefile"] = "# theirs\n" + Text(written, "Corefile") + "example.com:53 {\n}\n", ["other"] = "x" };
        var changed = Content(mesh, written, new() { ["a.b.global"] = "240.0.0.9" });
        Assert.StartsWith("# theirs\n" + Corefile + "example.com:53 {\n}\n", Text(changed, "Corefile"), StringComparison.Ordinal);
        Assert.DoesNotContain("240.0.0.2", Text(changed, "Corefile"), StringComparison.Ordinal);
        Assert.Equal("# theirs\n" + Corefile + "example.com:53 {\n}\n", Text(Content(mesh, changed, []), "Corefile"));
        Assert.Equal("x", Text(changed, "other"));
    }

    [Fact]
    public void In_coredns_custom_two_keys_are_ours_and_the_others_stay()
    {
        var mesh = Mesh("coredns-custom");
        var live = ConfigMap("other.server", "example.com:53 {\n}\n");
        var written = Content(mesh, live, Two);
        Assert.Equal("""
            # Kept by Isthmus for mesh m; changes in here are lost.
            global:53 {
                errors
                file /etc/coredns/custom/isthmus.zone global {
                    reload 5s
                }
            }

            """, Text(written, "isthmus.server"));
        Assert.Matches(
            @"^\$ORIGIN global\.\n\$TTL 15\n@ 5 IN SOA ns\.dns\.global\. hostmaster\.global\. [1-9][0-9]* 7200 1800 86400 5\npay\.bank IN A 240\.0\.0\.3\nreviews\.shop IN A 240\.0\.0\.2\n$",
            Text(written, "isthmus.zone"));
        Assert.True(JsonNode.DeepEquals(live, Content(mesh, written, [])));
    }

    [Fact]
    public void The_serial_of_the_zone_file_changes_with_its_records_and_only_with_them()
    {
        var mesh = Mesh("coredns-custom");
        var first = Content(mesh, ConfigMap("x", ""), Two);
        var again = Content(mesh, ConfigMap("y", ""), Two.Reverse().ToDictionary());
        var moved = Content(mesh, first, new(Two) { ["pay.bank.global"] = "240.0.0.4" });
        Assert.Equal(Text(first, "isthmus.zone"), Text(again, "isthmus.zone"));
        Assert.NotEqual(Serial(first), Serial(moved));
        // CoreDNS reads no file whose serial is 0.
        Assert.All(Enumerable.Range(0, 2000), number => Assert.NotEqual(0u, DnsZone.Serial($"{number}")));

        static string Serial(JsonObject configMap) => Text(configMap, "isthmus.zone").Split('\n')[2];
    }

    [Fact]
    public void A_name_above_others_exists_even_without_a_record()
    {
        var names = DnsZone.EmptyNames("mesh.global", ["mysql-0.mysql.db.mesh.global", "mysql.db.mesh.global", "a.b.mesh.global"]);
        Assert.Equal(["b.mesh.global", "db.mesh.global", "mesh.global"], names);
    }

    [Fact]
    public void Coredns_custom_is_made_where_it_is_missing_and_goes_with_its_last_key_but_a_corefile_is_neither()
    {
        var mesh = Mesh("coredns-custom");
        var made = Assert.IsType<PlannedAction.Create>(Assert.Single(Plan(mesh, null, Two))).Content;
        Assert.IsType<PlannedAction.Delete>(Assert.Single(Plan(mesh, made, [])));
        made["data"]?.AsObject().Add("theirs.override", "log");
        Assert.Equal("log", Text(Assert.IsType<PlannedAction.Replace>(Assert.Single(Plan(mesh, made, []))).Content, "theirs.override"));
        Assert.Contains("no ConfigMap", Reason(Plan(Mesh("coredns"), null, Two)), StringComparison.Ordinal);
        Assert.Empty(Plan(Mesh("coredns"), null, []));
    }

    [Theory]
    [InlineData("sidecar")]
    [InlineData("none")]
    [InlineData("coredns-custom")]
    public void No_record_stays_with_the_provider_that_a_cluster_had_before(string provider)
    {
        var clean = ConfigMap("Corefile", Corefile);
        clean["metadata"] = new JsonObject { ["name"] = "coredns" };
        var written = Content(Mesh("coredns"), clean, Two);
        var mesh = Mesh(provider);
        if (provider != "coredns-custom")
            Assert.Empty(Plan(mesh, null, Two));
        Assert.Contains(DnsPlanner.FormerTargets(mesh.Clusters[0]), id => id.Name == "coredns");
        var step = Assert.IsType<PlannedAction.Replace>(Assert.Single(DnsPlanner.PlanFormer(mesh.Clusters[0], mesh, written)));
        Assert.True(JsonNode.DeepEquals(clean, step.Content));
        Assert.Empty(DnsPlanner.PlanFormer(mesh.Clusters[0], mesh, clean));
    }

    [Fact]
    public void What_another_mesh_keeps_in_the_same_cluster_is_left_alone_and_reported()
    {
        foreach (var provider in new[] { "coredns", "coredns-custom" })
        {
            var theirs = Content(Mesh(provider, "theirs"), ConfigMap("Corefile", Corefile), Two);
            Assert.Contains("mesh", Reason(Plan(Mesh(provider), theirs, Two)), StringComparison.Ordinal);
            Assert.Empty(Plan(Mesh(provider), theirs, []));
        }
    }

    [Fact]
    public void What_is_left_of_a_torn_block_is_not_written_over()
    {
        var torn = ConfigMap("Corefile", Corefile + "# BEGIN isthmus mesh m: kept by Isthmus\nglobal:53 {\n");
        Assert.Contains("no whole block", Reason(Plan(Mesh("coredns"), torn, Two)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("global {\n}\n")]
    [InlineData("example.com:53 Global:53 {\n}\n")]
    [InlineData("example.com:53,\nglobal:53 {\n}\n")]
    [InlineData("dns://global.:1053 {\n}\n")]
    public void A_server_block_of_somebody_else_for_the_domain_is_a_clash(string block)
    {
        Assert.Contains("already", Reason(Plan(Mesh("coredns"), ConfigMap("Corefile", Corefile + block), Two)), StringComparison.Ordinal);
        Assert.Contains("key x.server", Reason(Plan(Mesh("coredns-custom"), ConfigMap("x.server", block), Two)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_for_the_domain_in_the_other_ConfigMap_that_CoreDNS_reads_is_a_clash_too_since_with_two_it_does_not_start()
    {
        const string old = "global:53 {\n    forward . 10.0.0.7\n}\n";
        var additions = ConfigMap("istio.server", old, "coredns-custom");
        var corefile = ConfigMap("Corefile", Corefile + old, "coredns");
        Assert.Contains("the Corefile has a server block", Reason(Beside("coredns-custom", ConfigMap("x", ""), corefile)), StringComparison.Ordinal);
        Assert.Contains("key istio.server", Reason(Beside("coredns", ConfigMap("Corefile", Corefile + "import custom/*.server\n"), additions)), StringComparison.Ordinal);
        // Nobody reads it.
        Assert.IsType<PlannedAction.Replace>(Assert.Single(Beside("coredns", ConfigMap("Corefile", Corefile), additions)));
        // What is left of ours there is none: it goes in the same run.
        var former = Content(Mesh("coredns"), ConfigMap("Corefile", Corefile, "coredns"), Two);
        Assert.IsType<PlannedAction.Replace>(Assert.Single(Beside("coredns-custom", ConfigMap("x", ""), former)));

        static List<PlannedAction> Beside(string provider, JsonObject live, JsonObject other)
        {
            var mesh = Mesh(provider, mayExport: "shop");
            return [.. DnsPlanner.Plan(mesh.Clusters[0], mesh, live, Two, FederationScope.Everything, other)];
        }
    }

    [Fact]
    public void Our_records_go_even_where_somebody_took_the_domain_meanwhile()
    {
        var mesh = Mesh("coredns");
        var written = Content(mesh, ConfigMap("Corefile", Corefile), Two);
        written["data"] = new JsonObject { ["Corefile"] = "global {\n}\n" + Text(written, "Corefile") };
        Assert.Equal("global {\n}\n" + Corefile, Text(Content(mesh, written, []), "Corefile"));
    }

    [Fact]
    public void What_keeps_our_records_from_being_answered_is_said()
    {
        var plan = Plan(Mesh("coredns"), ConfigMap("Corefile", ".:53 {\n}\nshop.global:53 {\n}\n"), Two);
        Assert.IsType<PlannedAction.Replace>(plan[0]);
        Assert.Contains("server block for shop.global", Assert.IsType<PlannedAction.Skipped>(plan[1]).Reason, StringComparison.Ordinal);
        Assert.Contains("no 'reload'", Assert.IsType<PlannedAction.Skipped>(plan[2]).Reason, StringComparison.Ordinal);
        Assert.Single(Plan(Mesh("coredns"), ConfigMap("Corefile", Corefile), Two));
        Assert.Contains("key x.server", Reason([.. Plan(Mesh("coredns-custom"), ConfigMap("x.server", "a.shop.global {\n}\n"), Two).Skip(1)]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_records_of_pods_are_in_the_scope_of_their_service()
    {
        var mesh = Mesh("coredns-custom");
        var pods = new Dictionary<string, string> { ["mysql-0.mysql.db.global"] = "240.0.0.7", ["mysql.db.global"] = "240.0.0.8", ["pay.bank.global"] = "240.0.0.3" };
        var live = Content(mesh, ConfigMap("x", ""), pods);
        var plan = DnsPlanner.Plan(mesh.Clusters[0], mesh, live, new Dictionary<string, string>(), FederationScope.Of(new ServiceName("db", "mysql"))).ToList();
        var after = DnsPlanner.Read(mesh.Clusters[0], Assert.IsType<PlannedAction.Replace>(Assert.Single(plan)).Content);
        Assert.Equal(["pay.bank.global"], after.Keys);
    }

    [Fact]
    public void A_run_for_one_name_leaves_the_records_of_others_as_they_stand() =>
        Gen.Select(Choose.Among("coredns", "coredns-custom"), Records, Records).Sample((provider, before, wanted) =>
        {
            var mesh = Mesh(provider);
            var name = new ServiceName("n", "a");
            var live = Content(mesh, ConfigMap("Corefile", Corefile), before);
            var one = wanted.Where(record => record.Key == "a.n.global").ToDictionary();
            var action = DnsPlanner.Plan(mesh.Clusters[0], mesh, live, one, FederationScope.Of(name)).SingleOrDefault();
            var after = DnsPlanner.Read(mesh.Clusters[0], action is PlannedAction.Replace replace ? replace.Content : live);
            return after.OrderBy(record => record.Key).SequenceEqual(before.Where(record => record.Key != "a.n.global").Concat(one).OrderBy(record => record.Key));
        }, iter: 500);

    [Fact]
    public void After_writing_there_is_nothing_left_to_write() =>
        Gen.Select(Choose.Among("coredns", "coredns-custom"), Records).Sample((provider, records) =>
        {
            var mesh = Mesh(provider);
            return Plan(mesh, Content(mesh, ConfigMap("Corefile", Corefile), records), records).TrueForAll(action => !action.IsWrite);
        }, iter: 500);

    [Theory]
    [InlineData("coredns", 20_000)]
    [InlineData("coredns-custom", 26_000)]
    public void It_is_said_before_a_configmap_is_full(string provider, int count)
    {
        var plan = Plan(Mesh(provider), ConfigMap("Corefile", Corefile), Many(count));
        Assert.IsType<PlannedAction.Replace>(plan[0]);
        Assert.Contains("% of a ConfigMap's 1 MiB", Assert.IsType<PlannedAction.Skipped>(plan[1]).Reason, StringComparison.Ordinal);
        Assert.Single(Plan(Mesh(provider), ConfigMap("Corefile", Corefile), Many(count / 2)));
    }

    [Theory]
    [InlineData("coredns")]
    [InlineData("coredns-custom")]
    public void A_full_configmap_keeps_what_stands_right_and_takes_new_names_as_far_as_they_fit(string provider)
    {
        var mesh = Mesh(provider);
        var standing = Many(12_000);
        var live = Content(mesh, ConfigMap("Corefile", Corefile), standing);
        var many = Many(40_000);
        many["service-00001.namespace.global"] = "240.9.9.9";
        many.Remove("service-00002.namespace.global");
        var plan = Plan(mesh, live, many);
        var content = Assert.IsType<PlannedAction.Replace>(plan[0]).Content;
        var records = DnsPlanner.Read(mesh.Clusters[0], content);
        Assert.Contains("do not fit into a ConfigMap's 1 MiB, the first of them service-", Assert.IsType<PlannedAction.Skipped>(plan[1]).Reason, StringComparison.Ordinal);
        Assert.Equal("240.9.9.9", records["service-00001.namespace.global"]);
        Assert.DoesNotContain("service-00002.namespace.global", records.Keys);
        Assert.All(standing.Keys.Where(name => many.ContainsKey(name)), name => Assert.Contains(name, (IReadOnlyDictionary<string, string>)records));
        Assert.True(records.Count > 12_000 && content["data"]?.AsObject().Sum(entry => $"{entry.Value}".Length) is > 1_048_000 and <= 1_048_576);
        Assert.DoesNotContain(Plan(mesh, content, many), action => action.IsWrite);
    }

    private static Dictionary<string, string> Many(int count) =>
        Enumerable.Range(0, count).ToDictionary(number => $"service-{number:00000}.namespace.global", _ => "240.0.0.1");

    private static Gen<Dictionary<string, string>> Records { get; } =
        Gen.Dictionary(Choose.Among("a.n.global", "b.n.global", "a.m.global", "x-y.n.global"), Gen.Int[1, 200].Select(number => $"240.0.0.{number}"))[0, 4];

    private static List<PlannedAction> Plan(MeshDocument mesh, JsonObject? live, Dictionary<string, string> wanted) =>
        [.. DnsPlanner.Plan(mesh.Clusters[0], mesh, live, wanted, FederationScope.Everything)];

    private static string Reason(List<PlannedAction> plan) => Assert.IsType<PlannedAction.Skipped>(Assert.Single(plan)).Reason;

    private static JsonObject Content(MeshDocument mesh, JsonObject live, Dictionary<string, string> wanted) =>
        Plan(mesh, live, wanted).OfType<PlannedAction.Replace>().FirstOrDefault()?.Content ?? live;

    private static JsonObject ConfigMap(string key, string text, string name = "x") =>
        new() { ["metadata"] = new JsonObject { ["name"] = name, ["resourceVersion"] = "1" }, ["data"] = new JsonObject { [key] = text } };

    private static string Text(JsonObject configMap, string key) => ObjectMetadata.TextOf(configMap["data"]?[key]) ?? "";

    private static MeshDocument Mesh(string dns, string name = "m", string mayExport = "", string state = "") => Federation.FederationWorld.Parse($$$"""
        apiVersion: isthmus.dev/v1alpha1
        kind: Mesh
        metadata: {name: {{{name}}}}
        spec:
          dns: {{{dns}}}
          mayExport: [{{{mayExport}}}]
          clusters:
          - {name: east, network: n, access: {kubeconfig: k}{{{state}}}}
        """);
}
