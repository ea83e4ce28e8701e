using Isthmus.Runtime.Composition;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Isthmus.System.Tests.Functions;

public sealed class AzureSettingsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_settings_the_app_starts_and_each_function_says_what_is_missing()
    {
        var parts = await AzureSettings.ReadAsync(_ => null, Cancellation);

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => parts.Documents.ReadAsync(Cancellation));
        Assert.Equal("These settings are missing: ISTHMUS_MESH_DOCUMENT, ISTHMUS_PUBLIC_URL, ISTHMUS_TOPIC_ENDPOINT, ISTHMUS_VAULT", fault.Message);
        await using var services = new ServiceCollection().BuildServiceProvider();
        Assert.Equal(fault.Message, Assert.Throws<InvalidOperationException>(() => parts.Webhooks(services)).Message);
    }

    [Fact]
    public async Task Addresses_that_are_none_are_named_together()
    {
        var parts = await AzureSettings.ReadAsync(name => name == AzureSettings.Vault ? "http://vault.test/" : "west", Cancellation);

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => parts.Documents.ReadAsync(Cancellation));
        Assert.Equal("These settings have to be https addresses: ISTHMUS_PUBLIC_URL, ISTHMUS_TOPIC_ENDPOINT, ISTHMUS_VAULT", fault.Message);
    }
}
