using System.Text.Json.Nodes;
using Isthmus.Core.Federation;
using Xunit;

namespace Isthmus.Core.Tests.Federation;

/// <summary>The annotation stands in the cluster, where anybody may write into it.</summary>
public sealed class KnownExportersTests
{
    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("""{"west":{},"west":{}}""")]
    [InlineData("""{"\ud800":{}}""")]
    [InlineData("""{"west":{"since":"\ud800","ports":["80/http/HTTP"]}}""")]
    public void A_tampered_annotation_remembers_nobody(string text) =>
        Assert.Empty(KnownExporters.Read(new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [FederationNames.ExportersAnnotation] = text } },
        }));
}
