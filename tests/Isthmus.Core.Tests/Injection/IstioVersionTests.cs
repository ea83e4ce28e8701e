using System.Text.Json.Nodes;
using Isthmus.Core.Injection;
using Xunit;

namespace Isthmus.Core.Tests.Injection;

public sealed class IstioVersionTests
{
    private static readonly Dictionary<string, IstioFeature> Named = new()
    {
        ["lenient_inject_values"] = IstioFeature.LenientInjectValues,
        ["native_annotation"] = IstioFeature.NativeSidecarAnnotation,
        ["lifecycle_probes"] = IstioFeature.LifecycleProbes,
        ["scrape_targets"] = IstioFeature.ScrapeTargets,
        ["secure_prom"] = IstioFeature.SecurePrometheusPort,
        ["append_probers"] = IstioFeature.AppendProbers,
        ["multus_json_namespace"] = IstioFeature.MultusJsonNamespace,
        ["quantity_annotation_checks"] = IstioFeature.QuantityAnnotationChecks,
        ["interface_annotation_checks"] = IstioFeature.InterfaceAnnotationChecks,
        ["prometheus_port_checks"] = IstioFeature.PrometheusPortChecks,
        ["default_tracing_zipkin"] = IstioFeature.DefaultTracingZipkin,
        ["proxy_image_variant_fallback"] = IstioFeature.ProxyImageVariantFallback,
        ["proxy_init_image_field"] = IstioFeature.ProxyInitImageField,
        ["native_sidecars_auto"] = IstioFeature.NativeSidecarsAuto,
    };

    [Theory]
    [InlineData("1.24.6", 1, 24, 6, "")]
    [InlineData("v1.24.6", 1, 24, 6, "")]
    [InlineData("1.31.0-rc.0", 1, 31, 0, "rc.0")]
    [InlineData("1.24-dev", 1, 24, 0, "dev")]
    [InlineData("1.27.9-distroless", 1, 27, 9, "distroless")]
    [InlineData("release-1.26", 1, 26, 0, "")]
    public void Versions_are_read_as_tags_write_them(string text, int major, int minor, int patch, string suffix)
    {
        Assert.True(IstioVersion.TryParse(text, out var version));
        Assert.Equal(new IstioVersion(major, minor, patch) { Suffix = suffix }, version);
    }

    [Theory]
    [InlineData("latest")]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.x")]
    [InlineData("1.2.3.4")]
    [InlineData("1.-2")]
    public void What_is_no_version_is_not_read(string text) => Assert.False(IstioVersion.TryParse(text, out _));

    [Theory]
    [InlineData("docker.io/istio/pilot:1.27.9-distroless", "1.27.9-distroless")]
    [InlineData("registry:5000/istio/pilot:1.26.8@sha256:abc", "1.26.8")]
    public void An_image_tells_its_version(string image, string version)
    {
        Assert.True(IstioVersion.TryParseImage(image, out var found));
        Assert.Equal(version, found.ToString());
    }

    [Theory]
    [InlineData("registry:5000/istio/pilot")]
    [InlineData("istio/pilot:latest")]
    [InlineData("istio/pilot@sha256:abc")]
    public void An_image_without_a_version_tells_none(string image) => Assert.False(IstioVersion.TryParseImage(image, out _));

    [Fact]
    public void Patch_releases_count()
    {
        Assert.False(IstioFeatures.Of(new IstioVersion(1, 27, 8)).Has(IstioFeature.QuantityAnnotationChecks));
        Assert.True(IstioFeatures.Of(new IstioVersion(1, 27, 9)).Has(IstioFeature.QuantityAnnotationChecks));
    }

    [Fact]
    public void The_table_of_features_agrees_with_the_golden_cases()
    {
        var files = GoldenBundle.Files();
        Assert.SkipWhen(files.Count == 0, "neither the shared folder nor INJECTION_CASES is there, so the table was not compared");
        foreach (var file in files)
        {
            var json = GoldenBundle.Read(file).Json;
            if (json["codeFeatures"] is not JsonObject features) continue;
            Assert.True(IstioVersion.TryParse(GoldenBundle.Text(json, "istio"), out var version));
            var own = IstioFeatures.Of(version);
            foreach (var (name, value) in features)
                if (Named.TryGetValue(name, out var feature)) Assert.True(own.Has(feature) == value?.GetValue<bool>(), $"{version}: {name} is {value}");
        }
    }
}
