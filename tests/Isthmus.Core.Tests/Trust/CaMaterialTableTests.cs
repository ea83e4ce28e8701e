using Isthmus.Core.Trust;
using Xunit;

namespace Isthmus.Core.Tests.Trust;

/// <summary>Sound CAs pass, CAs with one fault are refused for it, and OpenSSL judges alike, or the table says why not.</summary>
public sealed class CaMaterialTableTests
{
    public static TheoryData<string> Good => [.. GoodCas.All.Keys];

    public static TheoryData<string> Bad => [.. BadCas.All.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Good))]
    public void What_is_sound_passes(string name) => Assert.Empty(CaMaterialValidator.Validate(GoodCas.All[name]().Material, CertificateShape.Now));

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_has_one_fault_is_refused_for_it_alone(string name)
    {
        var row = Row(name);
        var fault = Assert.Single(CaMaterialValidator.Validate(row.Make().Material, CertificateShape.Now));
        Assert.Contains(row.Fault, fault, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Good))]
    public void OpenSSL_accepts_what_is_sound(string name)
    {
        Assert.SkipUnless(OpenSsl.IsThere, "there is no openssl on the PATH to compare with");
        Assert.True(OpenSsl.Accepts(GoodCas.All[name](), CaMaterialValidator.DefaultWorkloadLifetime));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void OpenSSL_refuses_what_we_refuse_unless_the_table_says_why_not(string name)
    {
        Assert.SkipUnless(OpenSsl.IsThere, "there is no openssl on the PATH to compare with");
        var row = Row(name);
        Assert.Equal(row.Stricter is not null, OpenSsl.Accepts(row.Make(), CaMaterialValidator.DefaultWorkloadLifetime));
    }

    public static TheoryData<string> Witnessed => [.. BadCas.All.Where(row => row.Witness is not null).Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Witnessed))]
    public void What_verify_lets_pass_another_command_of_OpenSSL_sees(string name)
    {
        Assert.SkipUnless(OpenSsl.IsThere, "there is no openssl on the PATH to compare with");
        var row = Row(name);
        Assert.True(OpenSsl.Ask(row.Make(), openssl => row.Witness?.Sees(openssl)));
    }

    [Theory]
    [MemberData(nameof(Good))]
    public void No_witness_sees_a_fault_in_what_is_sound(string name)
    {
        Assert.SkipUnless(OpenSsl.IsThere, "there is no openssl on the PATH to compare with");
        Assert.False(OpenSsl.Ask(GoodCas.All[name](), openssl => Witness.Key.Sees(openssl) || Witness.EachRoot.Sees(openssl) || Witness.Unreadable("chain.pem").Sees(openssl)));
    }

    [Fact]
    public void Every_fault_of_a_chain_is_refused_by_verify_and_few_others_have_no_witness()
    {
        Assert.All(BadCas.All.Where(row => row.Witness is null), row => Assert.True(row.Stricter is null || BadCas.IsOfText(row), row.Name));
    }

    [Fact]
    public void The_documentation_lists_the_table()
    {
        var path = Path.Combine(Repository.Root, "docs", "ca-faults.md");
        var text = CaFaultsPage.Write();
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, text);
        Assert.Equal(text, File.ReadAllText(path));
    }

    [Fact]
    public void The_table_holds_many_faults_and_no_name_twice()
    {
        Assert.True(BadCas.All.Count >= 80, $"{BadCas.All.Count}");
        Assert.Equal(BadCas.All.Count, BadCas.All.DistinctBy(row => row.Name).Count());
    }

    [Fact]
    public void A_shorter_life_of_workloads_lets_a_CA_be_used_longer()
    {
        var ca = BadCas.All.Single(row => row.Name == "intermediate ends before its workloads").Make();
        Assert.Empty(CaMaterialValidator.Validate(ca.Material, CertificateShape.Now, TimeSpan.FromHours(12)));
    }

    [Fact]
    public void No_message_holds_any_of_the_key()
    {
        foreach (var row in BadCas.All)
        {
            var ca = row.Make();
            var lines = ca.CaKey.Split('\n', StringSplitOptions.TrimEntries).Where(line => line.Length > 8 && !line.Contains("-----", StringComparison.Ordinal));
            var faults = string.Join('\n', CaMaterialValidator.Validate(ca.Material, CertificateShape.Now));
            Assert.All(lines, line => Assert.DoesNotContain(line, faults, StringComparison.Ordinal));
        }
    }

    private static BadCa Row(string name) => BadCas.All.Single(row => row.Name == name);
}
