using System.Reflection;
using System.Text.Json.Nodes;
using Isthmus.Core.Events;
using Isthmus.Runtime.Composition;
using Isthmus.Runtime.Injection;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Logging;
using Isthmus.Tests;
using Xunit;

namespace Isthmus.System.Tests.Infra;

/// <summary>Names in infra/ are those of the code.</summary>
public sealed class InfraContractTests
{
    private static IEnumerable<PredictedResource> Subscriptions =>
        PredictedResources.All.Where(resource => resource.Type.EndsWith("/eventSubscriptions", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void The_app_gets_each_setting_that_it_reads_and_no_other_of_ours()
    {
        var read = typeof(AzureSettings).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => field.GetRawConstantValue() as string)
            .OfType<string>()
            .Where(name => name.StartsWith("ISTHMUS_", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        var settings = Assert.Single(PredictedResources.Of("Microsoft.Web/sites/config")).Body["properties"] as JsonObject ?? [];
        Assert.Equal(read, settings.Select(setting => setting.Key).Where(name => name.StartsWith("ISTHMUS_", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Events_go_to_functions_that_take_events_and_each_of_those_gets_some()
    {
        var functions = Assembly.Load("Isthmus.Functions").GetTypes()
            .Where(type => type.GetMethods().SelectMany(method => method.GetParameters()).SelectMany(parameter => parameter.GetCustomAttributesData())
                .Any(attribute => attribute.AttributeType.Name == "EventGridTriggerAttribute"))
            .Select(type => type.Name)
            .Order(StringComparer.Ordinal);
        var destinations = Subscriptions.Select(subscription => (subscription.Text("destination", "properties", "resourceId") ?? "").Split('/')[^1]).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(functions, destinations);
    }

    [Fact]
    public void Our_own_events_reach_the_function_for_them()
    {
        Assert.Equal("OnServiceChanged", FunctionFor(MeshEvent.ServiceChangedType));
        Assert.Equal("OnClusterChanged", FunctionFor(MeshEvent.ClusterChangedType));
        Assert.Equal("OnCertificateChanged", FunctionFor("Microsoft.KeyVault.CertificateNewVersionCreated"));
    }

    [Fact]
    public void Azd_finds_the_app_by_the_name_of_its_service()
    {
        var app = Assert.Single(PredictedResources.Of("Microsoft.Web/sites"));
        var service = app.Body["tags"]?["azd-service-name"]?.ToString();
        var azure = File.ReadAllText(Path.Combine(Repository.Root, "azure.yaml"));
        Assert.Contains($"services:\n  {service}:\n    project: src/Isthmus.Functions\n    language: dotnet\n    host: function\n", azure, StringComparison.Ordinal);
        // azd publishes the one project that it finds there.
        Assert.Single(Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Isthmus.Functions"), "*.csproj"));
    }

    [Fact]
    public void The_app_runs_on_what_it_is_built_for()
    {
        var app = Assert.Single(PredictedResources.Of("Microsoft.Web/sites"));
        Assert.Equal(("dotnet-isolated", "10.0"), (app.Text("functionAppConfig", "runtime", "name"), app.Text("functionAppConfig", "runtime", "version")));
        Assert.Equal("http", app.Property("functionAppConfig", "scaleAndConcurrency", "alwaysReady")?[0]?["name"]?.ToString());
        Assert.Contains("<TargetFramework>net10.0</TargetFramework>", File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props")), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_set_that_Flex_Consumption_does_not_take()
    {
        // As Azure documents it: its functionAppConfig says these, or nothing does.
        string[] site =
        [
            "ftpsState", "use32BitWorkerProcess", "isReserved", "isXenon", "windowsFxVersion", "linuxFxVersion", "netFrameworkVersion", "powerShellVersion", "javaVersion",
            "alwaysOn", "preWarmedInstanceCount", "functionAppScaleLimit", "containerSize",
        ];
        string[] settings =
        [
            "FUNCTIONS_EXTENSION_VERSION", "FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_WORKER_RUNTIME_VERSION", "FUNCTIONS_MAX_HTTP_CONCURRENCY", "FUNCTIONS_WORKER_PROCESS_COUNT",
            "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING", "WEBSITE_CONTENTSHARE", "WEBSITE_CONTENTOVERVNET", "WEBSITE_RUN_FROM_PACKAGE", "WEBSITE_VNET_ROUTE_ALL",
            "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT", "SCM_DO_BUILD_DURING_DEPLOYMENT", "ENABLE_ORYX_BUILD",
        ];
        var set = PredictedResources.Of("Microsoft.Web/sites").Concat(PredictedResources.Of("Microsoft.Web/sites/config"))
            .SelectMany(resource => PredictedResources.Values(resource.Body))
            .Select(value => value.Path.Split('/')[^1])
            .ToList();

        Assert.Contains("AzureWebJobsStorage__accountName", set);
        Assert.Equal([], set.Intersect(site.Concat(settings), StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public void Parameters_for_azd_are_parameters_of_the_deployment()
    {
        var parameters = JsonNode.Parse(File.ReadAllText(Path.Combine(BicepCli.Folder, "main.parameters.json")))?["parameters"] as JsonObject ?? [];
        var main = File.ReadAllText(Path.Combine(BicepCli.Folder, "main.bicep"));
        Assert.Equal(
            main.Split('\n').Where(line => line.StartsWith("param ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]).Order(StringComparer.Ordinal),
            parameters.Select(parameter => parameter.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_key_of_tokens_that_the_hooks_store_is_the_one_that_the_app_reads()
    {
        foreach (var hook in new[] { "postprovision.sh", "postprovision.ps1" })
            Assert.Contains(KeyVaultWebhookKeys.DefaultSecret, File.ReadAllText(Path.Combine(BicepCli.Folder, "hooks", hook)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_published_app_sends_every_meter_and_comes_with_a_token()
    {
        // Compiled only where the worker's packages are to be had, so its text is looked at.
        var program = File.ReadAllText(Path.Combine(Repository.Root, "src", "Isthmus.Functions", "Worker", "Program.cs"));
        Assert.Contains($"AddMeter({nameof(IsthmusTelemetry)}.{nameof(IsthmusTelemetry.Name)}, {nameof(InjectionMetrics)}.{nameof(InjectionMetrics.MeterName)})", program, StringComparison.Ordinal);
        Assert.Contains("options.Credential = ", program, StringComparison.Ordinal);
        Assert.Equal("true", Assert.Single(PredictedResources.Of("Microsoft.Insights/components")).Text("DisableLocalAuth"));
    }

    private static string FunctionFor(string type) =>
        (Subscriptions.Single(subscription => (subscription.Property("filter", "includedEventTypes") as JsonArray ?? []).Any(wanted => wanted?.ToString() == type))
            .Text("destination", "properties", "resourceId") ?? "").Split('/')[^1];
}
