using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Isthmus.Core.Injection;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.EventGrid;
using Isthmus.Runtime.Injection;
using Isthmus.Runtime.Logging;
using Isthmus.Runtime.Reconcilers;
using Isthmus.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Isthmus.System.Tests.Infra;

/// <summary>Alerts and the workbook ask for what the code really tells, and the person on call finds a word on each alert.</summary>
public sealed partial class AlertTests
{
    private static IEnumerable<string> Queries
    {
        get
        {
            var alerts = PredictedResources.Of("Microsoft.Insights/scheduledQueryRules").Select(rule => rule.Property("criteria", "allOf")?[0]?["query"]?.ToString() ?? "");
            var workbook = JsonNode.Parse(Assert.Single(PredictedResources.Of("Microsoft.Insights/workbooks")).Text("serializedData") ?? "");
            return [.. alerts, .. (workbook?["items"] as JsonArray ?? []).Select(item => item?["content"]?["query"]?.ToString()).OfType<string>()];
        }
    }

    [Fact]
    public async Task Each_metric_that_is_asked_for_is_recorded_with_the_tags_that_are_asked_for()
    {
        var recorded = await RecordEverythingAsync();
        var metricQueries = Queries.Where(query => query.Contains("AppMetrics", StringComparison.Ordinal)).ToList();
        Assert.True(metricQueries.Count > 10);
        foreach (var query in metricQueries)
        {
            // Names of metrics hold a dot or a low line; kinds and outcomes, in quotes too, hold neither.
            var names = MetricName().Matches(query).Select(match => match.Groups[1].Value).Where(name => name.AsSpan().ContainsAny('.', '_')).ToList();
            Assert.NotEmpty(names);
            Assert.All(names, name => Assert.Contains(recorded, metric => metric.Name == name));
            Assert.All(
                Tag().Matches(query).Select(match => match.Groups[1].Value),
                tag => Assert.All(names, name => Assert.Contains(recorded, metric => metric.Name == name && metric.Tags.ContainsKey(tag))));
        }
    }

    [Fact]
    public async Task Outcomes_of_runs_are_called_as_the_alerts_call_them()
    {
        var recorded = await RecordEverythingAsync();
        Assert.All(["succeeded", "failed"], outcome => Assert.Contains(recorded, metric => metric.Name == "isthmus.run.duration" && metric.Tags["outcome"] == outcome));
        Assert.All(["resync", "trust", "gateways"], kind => Assert.Contains(recorded, metric => metric.Name == "isthmus.run.duration" && metric.Tags["kind"] == kind));
    }

    [Fact]
    public void The_person_on_call_finds_a_word_on_each_alert()
    {
        var headings = Heading().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "on-call.md"))).Select(match => match.Groups[1].Value).ToHashSet();
        var alerts = PredictedResources.Of("Microsoft.Insights/scheduledQueryRules").Concat(PredictedResources.Of("Microsoft.Insights/metricAlerts"))
            // A topic's own alert carries the topic's name behind.
            .Select(alert => alert.Name.Split("-egst-")[0])
            .ToHashSet();
        Assert.Equal(alerts.Order(StringComparer.Ordinal), headings.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_alert_reaches_the_person_on_call()
    {
        var group = Assert.Single(PredictedResources.Of("Microsoft.Insights/actionGroups"));
        Assert.Equal("on-call@example.com", group.Property("emailReceivers")?[0]?["emailAddress"]?.ToString());
        var alerts = PredictedResources.Of("Microsoft.Insights/scheduledQueryRules").Concat(PredictedResources.Of("Microsoft.Insights/metricAlerts")).ToList();
        Assert.All(alerts, alert => Assert.Contains(group.Id, alert.Property("actions")?.ToJsonString() ?? "", StringComparison.Ordinal));
    }

    private static async Task<IReadOnlyList<RecordedMetric>> RecordEverythingAsync()
    {
        using var metrics = new RecordedMetrics();
        var cluster = new ClusterName("alerts");
        MeshMetrics.Gateway(cluster, 1);
        MeshMetrics.Ca("ca-cert.pem", TimeSpan.FromDays(1));
        MeshMetrics.EventLost(cluster);
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var injection = new InjectionMetrics(services.GetRequiredService<IMeterFactory>());
        foreach (var result in new InjectionResult[] { new InjectionResult.NotNeeded(""), new InjectionResult.Injected([], []), new InjectionResult.Failed("") })
            injection.Count(cluster, result, TimeSpan.FromSeconds(1));
        var runs = new EventRuns(TimeProvider.System, NullLogger<EventRuns>.Instance);
        foreach (var kind in new[] { "resync", "trust", "gateways" })
            await runs.RunUnboundedAsync(kind, _ => Task.FromResult(RunReport.Empty), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<RunFailedException>(() => runs.RunUnboundedAsync(
            "resync", _ => Task.FromResult(new RunReport([], [new RunFailure(cluster, "broken")])), TestContext.Current.CancellationToken));
        return metrics.All;
    }

    [GeneratedRegex("'([a-z_.]+)'")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"Properties\.(\w+)")]
    private static partial Regex Tag();

    [GeneratedRegex("^### `(isthmus-[a-z-]+)`$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
