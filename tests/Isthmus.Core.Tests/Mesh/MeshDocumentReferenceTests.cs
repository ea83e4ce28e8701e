using Isthmus.Core.Mesh;
using Xunit;

namespace Isthmus.Core.Tests.Mesh;

public sealed class MeshDocumentReferenceTests
{
    // A field that is far from all others makes each reader list the fields that it knows.
    private const string Unknown = """
        farFromAllOthers: 1
        metadata: {farFromAllOthers: 1}
        spec:
          farFromAllOthers: 1
          trust: {farFromAllOthers: 1}
          injection: {farFromAllOthers: 1}
          clusters:
          - farFromAllOthers: 1
            access: {farFromAllOthers: 1}
            gateway: {farFromAllOthers: 1}
            webhook: {farFromAllOthers: 1}
        """;

    [Fact]
    public void Every_field_is_in_the_reference()
    {
        const string Known = "known here: ";
        var lists = MeshDocument.Parse(Unknown).Errors.Where(error => error.Message.Contains(Known, StringComparison.Ordinal)).ToList();
        var fields = lists.SelectMany(error => error.Message[(error.Message.IndexOf(Known, StringComparison.Ordinal) + Known.Length)..].Split(", ")).Distinct();
        var reference = File.ReadAllText(Path.Combine(Repository.Root, "docs", "mesh-document.md"));

        Assert.Equal(9, lists.Count);
        Assert.DoesNotContain(fields, field => !reference.Contains($"`{field}`", StringComparison.Ordinal) && !reference.Contains($"`metadata.{field}`", StringComparison.Ordinal));
    }

    [Fact]
    public void The_references_example_is_a_valid_document()
    {
        var reference = File.ReadAllText(Path.Combine(Repository.Root, "docs", "mesh-document.md"));
        Assert.Empty(MeshDocument.Parse(reference.Split("```yaml\n")[1].Split("```")[0]).Errors);
    }
}
