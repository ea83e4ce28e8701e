using Isthmus.Core.Secrecy;
using Xunit;

namespace Isthmus.System.Tests.Secrecy;

/// <summary>They switch redaction off for the whole process, so nothing runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed class SecrecyTests
{
    [Fact]
    public async Task No_secret_of_any_kind_that_a_server_quotes_is_put_out()
    {
        var (canaries, texts) = await RunAsync((_, rounds) => rounds == 3);
        var found = canaries.Planted.Where(kind => kind.Value.Any(texts.Contains)).Select(kind => kind.Key);
        Assert.Empty(found);
    }

    [Fact]
    public async Task Without_redaction_the_search_finds_secrets_of_every_kind()
    {
        Redaction.IsSwitchedOff = true;
        try
        {
            // Servers' messages come in turn; which request meets which is left to chance.
            var (canaries, texts) = await RunAsync((isAllFound, rounds) => isAllFound || rounds == 20);
            var missed = canaries.Planted.Where(kind => !kind.Value.Any(texts.Contains)).Select(kind => kind.Key);
            Assert.Empty(missed);
        }
        finally
        {
            Redaction.IsSwitchedOff = WholeRun.IsWithoutRedaction;
        }
    }

    private static async Task<(Canaries Canaries, string Texts)> RunAsync(Func<bool, int, bool> isEnough)
    {
        var canaries = new Canaries();
        var texts = await RunRecord.DuringAsync(soFar =>
            LeakingMesh.RunAsync(canaries, rounds => isEnough(canaries.Planted.All(kind => kind.Value.Any(soFar().Contains)), rounds)));
        Assert.NotEmpty(texts);
        return (canaries, texts);
    }
}
