using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Xunit;

namespace Isthmus.Core.Tests.Json;

public sealed class GoJsonTests
{
    [Theory]
    [InlineData("""{"b":"<a&b>","a":"\u2028"}""", """{"a":"\u2028","b":"\u003ca\u0026b\u003e"}""")]
    [InlineData("""["é😀\"\\\n\t\u0001\b\f"]""", """["é😀\"\\\n\t\u0001\b\f"]""")]
    [InlineData("[1.0,1e3,1E21,1e-7,0.000001,100000000000000000000,-0.5,12345678901234567]", "[1,1000,1e+21,1e-7,0.000001,100000000000000000000,-0.5,12345678901234567]")]
    [InlineData("[true,false,null,{},[]]", "[true,false,null,{},[]]")]
    public void Writes_as_encoding_json(string json, string expected) => Assert.Equal(expected, GoJson.Write(JsonNode.Parse(json)));

    [Theory]
    [InlineData(1e6, "1e+06")]
    [InlineData(123456, "123456")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(-2.5, "-2.5")]
    [InlineData(0, "0")]
    public void Writes_floats_as_strconv(double value, string expected) => Assert.Equal(expected, GoNumber.General(value));

    [Fact]
    public void Sorts_keys_by_their_bytes() =>
        Assert.Equal("{\"\uFFFD\":1,\"😀\":2}", GoJson.Write(new JsonObject { ["😀"] = 2, ["\uFFFD"] = 1 }));
}
