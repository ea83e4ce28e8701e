using System.Text.Json.Nodes;
using Isthmus.Core.Checks;
using Isthmus.Core.Json;
using Xunit;

namespace Isthmus.System.Tests.Checks;

/// <summary>The role in infra/ is the table of rights, neither more nor less.</summary>
public sealed class ClusterRoleTests
{
    private const string Head = """
        # All that Isthmus does in a cluster. Bind it to the identity by which Isthmus gets in, for example
        #   kubectl create clusterrolebinding isthmus --clusterrole isthmus --serviceaccount NAMESPACE:NAME
        # The rules from config.istio.io on are those of the account by which an istiod reads a cluster that it serves:
        # Kubernetes lets nobody give rights that he does not have. UPDATE_GOLDEN=1 on the tests writes this file.

        """;

    private static string FilePath => Path.Combine(Repository.Root, "infra", "clusterrole.yaml");

    [Fact]
    public async Task The_file_in_infra_is_what_the_table_of_rights_says()
    {
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            await File.WriteAllTextAsync(FilePath, Head + Yaml.Write(RequiredRights.ClusterRole()), TestContext.Current.CancellationToken);

        var file = Yaml.Read(await File.ReadAllTextAsync(FilePath, TestContext.Current.CancellationToken));

        Assert.True(JsonNode.DeepEquals(RequiredRights.ClusterRole(), file), "infra/clusterrole.yaml differs from RequiredRights: run this test with UPDATE_GOLDEN=1");
    }
}
