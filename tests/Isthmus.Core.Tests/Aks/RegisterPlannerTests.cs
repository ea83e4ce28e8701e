using CsCheck;
using Isthmus.Core.Aks;
using Xunit;
using static Isthmus.Core.Tests.Aks.AksFacts;

namespace Isthmus.Core.Tests.Aks;

public sealed class RegisterPlannerTests
{
    private static readonly string[] Names = ["east", "west", "North_1", "east-2"];

    private static readonly string[] AllTags =
        ["{}", "{\"isthmus-mesh\":\"prod\"}", "{\"isthmus-mesh\":\"prod\",\"isthmus-cluster\":\"east\"}", "{\"isthmus-mesh\":\"prod\",\"isthmus-state\":\"leaving\"}"];

    // Of some clusters each: gone, silent, or there with some tags.
    private static readonly Gen<Dictionary<string, AksLook>> Rounds = Gen.Int[-1, 5].Array[4].Select(looks => looks
        .Select((look, index) => (Name: Names[index], Look: look))
        .Where(entry => entry.Look >= 0)
        .ToDictionary(entry => Id(entry.Name), entry => entry.Look switch
        {
            4 => new AksLook.Gone(),
            5 => new AksLook.Unknown("silence"),
            var tags => Found(entry.Name, AllTags[tags]),
        }));

    [Fact]
    public void The_same_looks_again_change_nothing_and_what_is_written_reads_the_same() => Gen.Select(Rounds, Rounds).Sample((first, second) =>
    {
        var mesh = Document();
        var register = RegisterPlanner.Plan(mesh, RegisterPlanner.Plan(mesh, ClusterRegister.Empty, first, Now), second, Now.AddMinutes(1));
        Assert.Equal(register.Write(), RegisterPlanner.Plan(mesh, register, second, Now.AddMinutes(2)).Write());
        Assert.Equal(register.Write(), ClusterRegister.Read(register.Write())?.Write());
    });

    [Fact]
    public void The_order_of_looks_does_not_matter() => Rounds.Sample(looks => Assert.Equal(
        RegisterPlanner.Plan(Document(), ClusterRegister.Empty, looks, Now).Write(),
        RegisterPlanner.Plan(Document(), ClusterRegister.Empty, looks.Reverse().ToDictionary(), Now).Write()));

    [Fact]
    public void Nothing_that_was_not_seen_to_be_gone_or_to_have_left_is_forgotten() => Gen.Select(Rounds, Rounds).Sample((first, second) =>
    {
        var before = RegisterPlanner.Plan(Document(), ClusterRegister.Empty, first, Now);
        var after = RegisterPlanner.Plan(Document(), before, second, Now.AddDays(1));
        foreach (var (key, cluster) in before.Clusters.Where(entry => !entry.Value.IsLeaving))
        {
            Assert.True(after.Clusters.ContainsKey(key));
            var isGone = second.GetValueOrDefault(cluster.ResourceId) switch
            {
                AksLook.Gone => true,
                AksLook.Found => false,
                _ => cluster.GoneSince is not null,
            };
            Assert.Equal(isGone, after.Clusters[key].GoneSince is not null);
        }
    });

    [Fact]
    public void Of_two_clusters_that_want_one_name_the_earlier_has_it_and_keeps_it()
    {
        var mesh = Document();
        var first = RegisterPlanner.Plan(mesh, ClusterRegister.Empty, Round(Id("east", "z"), Found("east", group: "z")), Now);
        var both = RegisterPlanner.Plan(mesh, first, Round(Id("east", "a"), Found("east", group: "a")), Now.AddDays(1));
        Assert.Equal("east", both.Find(Id("east", "z"))?.Name);
        Assert.Null(both.Find(Id("east", "a"))?.Name);
        var renamed = RegisterPlanner.Plan(mesh, both, Round(Id("east", "z"), Found("east", "{\"isthmus-mesh\":\"prod\",\"isthmus-cluster\":\"other\"}", "z")), Now.AddDays(2));
        Assert.Equal("east", renamed.Find(Id("east", "z"))?.Name);
        var told = RegisterPlanner.Plan(mesh, both, Round(Id("east", "a"), Found("east", "{\"isthmus-mesh\":\"prod\",\"isthmus-cluster\":\"east-a\"}", "a")), Now.AddDays(2));
        Assert.Equal("east-a", told.Find(Id("east", "a"))?.Name);
    }

    [Fact]
    public void A_cluster_that_was_listed_outside_of_the_discoverys_subscriptions_does_not_stay_by_its_tag()
    {
        var id = Id("far").Replace(Subscription, "99999999-2222-3333-4444-555555555555", StringComparison.Ordinal);
        var listed = Document($"{{name: far, network: n, access: {{aks: {id} }} }}");
        var look = Round(id, Found("far"));
        var register = RegisterPlanner.Plan(listed, ClusterRegister.Empty, look, Now);
        Assert.NotNull(register.Find(id));
        Assert.Null(RegisterPlanner.Plan(Document(), register, look, Now).Find(id));
    }

    [Fact]
    public void A_cluster_that_is_gone_is_remembered_for_thirty_days()
    {
        var mesh = Document();
        var gone = RegisterPlanner.Plan(mesh, Register(mesh, (Id("east"), Found("east"))), Round(Id("east"), new AksLook.Gone()), Now);
        Assert.Equal(Now, gone.Find(Id("east"))?.GoneSince);
        Assert.NotNull(RegisterPlanner.Plan(mesh, gone, Round(Id("east"), new AksLook.Gone()), Now.AddDays(29)).Find(Id("east")));
        Assert.Null(RegisterPlanner.Plan(mesh, gone, Round(Id("east"), new AksLook.Gone()), Now.AddDays(31)).Find(Id("east")));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"clusters":[{"id":"x"}]}""")]
    public void What_is_no_register_is_not_read_as_an_empty_one(string text) => Assert.Null(ClusterRegister.Read(text));

    private static Dictionary<string, AksLook> Round(string id, AksLook look) => new() { [id] = look };
}
