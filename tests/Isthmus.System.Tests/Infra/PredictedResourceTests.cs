using System.Text.Json.Nodes;
using Isthmus.Core.Events;
using Xunit;

namespace Isthmus.System.Tests.Infra;

/// <summary>What has to hold of all that would be deployed.</summary>
public sealed class PredictedResourceTests
{
    [Fact]
    public void No_storage_account_takes_a_shared_key_or_shows_a_blob_to_the_public()
    {
        var accounts = PredictedResources.Of("Microsoft.Storage/storageAccounts").ToList();
        Assert.Equal(2, accounts.Count);
        Assert.All(accounts, account =>
        {
            Assert.Equal("false", account.Text("allowSharedKeyAccess"));
            Assert.Equal("false", account.Text("allowBlobPublicAccess"));
            Assert.Equal("true", account.Text("supportsHttpsTrafficOnly"));
        });
        var containers = PredictedResources.Of("Microsoft.Storage/storageAccounts/blobServices/containers").ToList();
        Assert.NotEmpty(containers);
        Assert.All(containers, container => Assert.Equal("None", container.Text("publicAccess")));
    }

    [Fact]
    public void No_way_in_is_by_key_or_password()
    {
        Assert.All(PredictedResources.Of("Microsoft.EventGrid/topics"), topic => Assert.Equal("true", topic.Text("disableLocalAuth")));
        Assert.All(PredictedResources.Of("Microsoft.OperationalInsights/workspaces"), workspace => Assert.Equal("true", workspace.Text("features", "disableLocalAuth")));
        Assert.All(PredictedResources.Of("Microsoft.Insights/components"), insights => Assert.Equal("true", insights.Text("DisableLocalAuth")));
        Assert.Equal(["false", "false"], PredictedResources.Of("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Select(policy => policy.Text("allow")));
        Assert.DoesNotContain(PredictedResources.All, resource => resource.Body.ToJsonString().Contains("listKeys", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Tls_is_1_2_at_least_everywhere()
    {
        Assert.All(PredictedResources.Of("Microsoft.Storage/storageAccounts"), account => Assert.Equal("TLS1_2", account.Text("minimumTlsVersion")));
        Assert.All(PredictedResources.Of("Microsoft.EventGrid/topics"), topic => Assert.Equal("1.2", topic.Text("minimumTlsVersionAllowed")));
        var app = Assert.Single(PredictedResources.Of("Microsoft.Web/sites"));
        Assert.Equal(("1.2", "1.2", "true"), (app.Text("siteConfig", "minTlsVersion"), app.Text("siteConfig", "scmMinTlsVersion"), app.Text("httpsOnly")));
    }

    [Fact]
    public void The_vault_goes_by_roles_and_cannot_be_purged()
    {
        var vault = Assert.Single(PredictedResources.Of("Microsoft.KeyVault/vaults"));
        Assert.Equal(("true", "true"), (vault.Text("enableRbacAuthorization"), vault.Text("enablePurgeProtection")));
        Assert.Empty(PredictedResources.Of("Microsoft.KeyVault/vaults/secrets"));
    }

    [Fact]
    public void Settings_and_outputs_hold_no_secret()
    {
        var settings = Assert.Single(PredictedResources.Of("Microsoft.Web/sites/config")).Body["properties"];
        // Where telemetry goes; the account behind it takes tokens only, as stands above.
        string[] addresses = ["APPLICATIONINSIGHTS_CONNECTION_STRING"];
        var values = PredictedResources.Values(settings).Concat(PredictedResources.Values(PredictedResources.Outputs)).ToList();
        Assert.NotEmpty(values);
        string[] suspicious = ["AccountKey", "SharedAccess", "ConnectionString", "listKeys", "listSecrets", "Password", "sig=", "@Microsoft.KeyVault", "PRIVATE KEY"];
        Assert.DoesNotContain(
            values.Where(value => !addresses.Contains(value.Path.TrimStart('/'))),
            value => suspicious.Any(word => value.ToString().Contains(word, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void Every_event_subscription_has_a_place_for_dead_letters_a_filter_and_a_function()
    {
        var subscriptions = PredictedResources.All.Where(resource => resource.Type.EndsWith("/eventSubscriptions", StringComparison.OrdinalIgnoreCase)).ToList();
        Assert.Equal(7, subscriptions.Count);
        Assert.All(subscriptions, subscription =>
        {
            Assert.Equal("dead-letters", subscription.Text("deadLetterWithResourceIdentity", "deadLetterDestination", "properties", "blobContainerName"));
            Assert.NotEmpty(subscription.Property("filter", "includedEventTypes") as JsonArray ?? []);
            Assert.Equal("CloudEventSchemaV1_0", subscription.Text("eventDeliverySchema"));
            Assert.Equal(("30", "1440"), (subscription.Text("retryPolicy", "maxDeliveryAttempts"), subscription.Text("retryPolicy", "eventTimeToLiveInMinutes")));
        });
        Assert.Contains(PredictedResources.Of("Microsoft.Storage/storageAccounts/blobServices/containers"), container => container.Name.EndsWith("/dead-letters", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_the_subscriptions_events_only_those_of_clusters_are_taken_so_that_our_own_calls_do_not_wake_us()
    {
        var subscriptions = PredictedResources.All.Where(resource => resource.Body.ToJsonString().Contains("Microsoft.Resources.ResourceWriteSuccess", StringComparison.Ordinal)).ToList();
        // This subscription, and the further one of the parameters.
        Assert.Equal(2, subscriptions.Count);
        Assert.All(subscriptions, subscription =>
        {
            var filter = Assert.Single(subscription.Property("filter", "advancedFilters") as JsonArray ?? []);
            Assert.Equal(("data.operationName", "StringIn"), (filter?["key"]?.ToString(), filter?["operatorType"]?.ToString()));
            // What is delivered is what the code acts on: no more, and no less.
            Assert.Equal(AzureEvents.ClusterOperations.Order(StringComparer.Ordinal), Texts(filter?["values"]));
            Assert.Equal(AzureEvents.ArmSuccesses.Order(StringComparer.Ordinal), Texts(subscription.Property("filter", "includedEventTypes")));
        });
    }

    private static IEnumerable<string?> Texts(JsonNode? list) => (list as JsonArray ?? []).Select(value => value?.ToString()).Order(StringComparer.Ordinal);

    [Fact]
    public void Each_topic_may_write_its_dead_letters()
    {
        var topics = PredictedResources.Of("Microsoft.EventGrid/topics").Concat(PredictedResources.Of("Microsoft.EventGrid/systemTopics")).ToList();
        Assert.Equal(6, topics.Count);
        var writers = PredictedResources.Of("Microsoft.Authorization/roleAssignments").Where(right => right.Text("description") == "events-dead-letters").Select(right => right.Text("principalId") ?? "").ToList();
        Assert.Equal(topics.Count, writers.Count);
        Assert.All(topics, topic =>
        {
            // One that is assigned would not pass the account's firewall, once there is one.
            Assert.Equal("SystemAssigned", topic.Body["identity"]?["type"]?.ToString());
            Assert.Single(writers, writer => writer.Contains(topic.Id, StringComparison.OrdinalIgnoreCase));
        });
        Assert.All(
            PredictedResources.All.Where(resource => resource.Type.EndsWith("/eventSubscriptions", StringComparison.OrdinalIgnoreCase)),
            subscription => Assert.Equal("SystemAssigned", subscription.Text("deadLetterWithResourceIdentity", "identity", "type")));
    }

    [Fact]
    public void The_tokens_in_the_urls_of_webhooks_are_not_stored_with_the_hosts_requests()
    {
        var rule = Assert.Single(PredictedResources.Of("Microsoft.Insights/dataCollectionRules"));
        var flow = Assert.Single(rule.Property("dataFlows") as JsonArray ?? []);
        Assert.Equal("Microsoft-Table-AppRequests", flow?["streams"]?[0]?.ToString());
        // Routes take paths in any case, and indexof knows one only: what it did not find would be stored whole.
        Assert.Equal(
            "source | extend Url = iff(Url contains \"/api/clusters/\", strcat(substring(Url, 0, indexof(tolower(Url), \"/api/clusters/\")), \"/api/clusters/(redacted)\"), Url)",
            flow?["transformKql"]?.ToString());
        // A workspace goes by a rule only where it names it.
        Assert.Contains(PredictedResources.Of("Microsoft.OperationalInsights/workspaces"), workspace => workspace.Text("defaultDataCollectionRuleResourceId") == rule.Id);
    }

    [Fact]
    public void Outputs_become_environment_values_of_azd()
    {
        Assert.NotEmpty(PredictedResources.Outputs);
        Assert.All(PredictedResources.Outputs, output => Assert.Matches("^[A-Z][A-Z0-9_]+$", output.Key));
    }
}
