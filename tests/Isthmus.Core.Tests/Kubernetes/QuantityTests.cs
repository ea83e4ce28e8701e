using CsCheck;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Tests.Json;
using Xunit;

namespace Isthmus.Core.Tests.Kubernetes;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("2000m", "2")]
    [InlineData("1024Mi", "1Gi")]
    [InlineData("1500Mi", "1500Mi")]
    [InlineData("0.5", "500m")]
    [InlineData("1e3", "1e3")]
    [InlineData("1000", "1k")]
    [InlineData("1500", "1500")]
    [InlineData("100", "100")]
    [InlineData("1.5Gi", "1536Mi")]
    [InlineData("1023Ki", "1023Ki")]
    [InlineData("0.5Ki", "512")]
    [InlineData("0.1Ki", "102400m")]
    [InlineData("0Mi", "0")]
    [InlineData("-0", "0")]
    [InlineData("-1500m", "-1500m")]
    [InlineData(".5", "500m")]
    [InlineData("5.", "5")]
    [InlineData("+3", "3")]
    [InlineData("1E", "1E")]
    [InlineData("1E3", "1e3")]
    [InlineData("0.5e0", "500e-3")]
    [InlineData("0.0000000001", "1n")]
    [InlineData("100000000000000000000000", "9223372036854775807")]
    public void Writes_the_canonical_form(string text, string expected) => Assert.Equal(expected, Quantity.Canonical(text));

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("1 Gi")]
    [InlineData("1gi")]
    [InlineData("1.2.3")]
    [InlineData("--1")]
    [InlineData("1e")]
    [InlineData("0x10")]
    public void Refuses_what_is_no_quantity(string text) => Assert.Null(Quantity.Canonical(text));

    [Fact]
    public void The_canonical_form_is_its_own() => Gen.Select(Gen.Int[-5_000, 5_000], JsonTrees.Among("", "m", "k", "Ki", "Mi", "e2", "u")).Sample((number, suffix) =>
        Quantity.Canonical($"{number}{suffix}") is string once && Quantity.Canonical(once) == once, iter: 1_000);
}
