using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Isthmus.Core.Checks;
using Isthmus.Tests;
using Xunit;

namespace Isthmus.System.Tests.Infra;

/// <summary>Who gets which right, held against the reasons in docs/azure.md and against the cluster role.</summary>
public sealed partial class RightsTests
{
    private const string DataActions = "Microsoft.ContainerService/managedClusters/";

    /// <summary>Azure's own roles by id, the same in every tenant.</summary>
    private static readonly Dictionary<string, string> BuiltIn = new(StringComparer.Ordinal)
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Storage Blob Data Contributor",
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "Key Vault Secrets User",
        ["db79e9a7-68ee-4b58-9aeb-b90e7c24fcba"] = "Key Vault Certificate User",
        ["b86a8fe4-44ce-4948-aee5-eccb2c155cd7"] = "Key Vault Secrets Officer",
        ["a4417e6f-fecd-4de8-b567-7b0420556985"] = "Key Vault Certificates Officer",
        ["d5a91429-5739-47e2-a06b-3470a27159e7"] = "EventGrid Data Sender",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
        ["b12aa53e-6015-4669-85d0-8515ebb3ae7f"] = "Private DNS Zone Contributor",
    };

    private static IEnumerable<PredictedResource> Assignments => PredictedResources.Of("Microsoft.Authorization/roleAssignments");

    [Fact]
    public void Each_role_assignment_has_a_reason_and_each_reason_an_assignment()
    {
        var reasons = Reasons();
        Assert.Equal(
            reasons.Keys.Order(StringComparer.Ordinal),
            Assignments.Select(right => right.Text("description") ?? right.Id).Distinct().Order(StringComparer.Ordinal));
        Assert.All(reasons.Values, row => Assert.True(row.Why.Length > 10, row.Why));
    }

    [Fact]
    public void The_table_of_reasons_names_the_role_that_is_given()
    {
        var reasons = Reasons();
        Assert.All(Assignments, right => Assert.StartsWith(RoleOf(right), reasons[right.Text("description") ?? ""].Role, StringComparison.Ordinal));
    }

    [Fact]
    public void The_list_for_those_who_deploy_in_another_way_has_every_role_of_the_app_and_every_action_of_its_own_ones()
    {
        var settings = File.ReadAllText(Path.Combine(Repository.Root, "docs", "azure-settings.md"));
        var list = settings[settings.IndexOf("## The identity's roles", StringComparison.Ordinal)..settings.IndexOf("## Event subscriptions", StringComparison.Ordinal)];
        var given = Assignments.Where(right => right.Text("description")?.StartsWith("app-", StringComparison.Ordinal) == true).Select(RoleOf);
        var actions = PredictedResources.Of("Microsoft.Authorization/roleDefinitions").SelectMany(role => Texts(role.Property("permissions")?[0] as JsonObject ?? [], "actions"));

        Assert.All(given.Concat(actions), word => Assert.Contains(word, list, StringComparison.Ordinal));
    }

    [Fact]
    public void No_right_reaches_further_than_the_resource_it_is_for()
    {
        // Zones are made at run time, clusters are anywhere in their subscription; all else has a resource of its own.
        string[] wide = ["app-private-dns", "app-cluster-reader", "app-kubernetes"];
        Assert.All(
            Assignments.Where(right => !wide.Contains(right.Text("description"))),
            right => Assert.Matches("/resourceGroups/[^/]+/providers/[^/]+/.+/providers/Microsoft.Authorization/", right.Id));
    }

    [Fact]
    public void The_app_can_write_what_lies_beside_the_mesh_document_but_not_the_document()
    {
        var right = Assignments.Single(right => right.Text("description") == "app-mesh-document");
        Assert.Equal("2.0", right.Text("conditionVersion"));
        var condition = right.Text("condition") ?? "";
        Assert.All(["write", "add/action", "move/action", "delete"], change => Assert.Contains($"!(ActionMatches{{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/{change}'}})", condition, StringComparison.Ordinal));
        Assert.EndsWith("containers/blobs:path] StringLike 'mesh.yaml.*'))", condition, StringComparison.Ordinal);
    }

    [Fact]
    public void The_role_for_Azure_RBAC_says_what_the_cluster_role_says()
    {
        var given = PredictedResources.Of("Microsoft.Authorization/roleDefinitions")
            .SelectMany(role => role.Property("permissions")?[0]?["dataActions"] as JsonArray ?? [])
            .Select(action => action?.ToString() ?? "")
            .Where(action => action.StartsWith(DataActions, StringComparison.Ordinal))
            .Select(action => action[DataActions.Length..])
            .ToHashSet(StringComparer.Ordinal);
        var needed = ClusterRoleActions().ToHashSet(StringComparer.Ordinal);
        Assert.Equal([], needed.Where(action => !given.Contains(action) && !given.Contains(action[..action.LastIndexOf('/')] + "/*")));
        Assert.Equal([], given.Where(action => !IsNeeded(action, needed)));
    }

    private static bool IsNeeded(string action, HashSet<string> needed) => action.EndsWith("/*", StringComparison.Ordinal)
        ? needed.IsSupersetOf(new[] { "read", "write", "delete" }.Select(verb => action[..^1] + verb))
        : needed.Contains(action);

    /// <summary>What AKS asks Azure for each rule of infra/clusterrole.yaml: subresources count as their resource, unknown groups as customresources.</summary>
    private static IEnumerable<string> ClusterRoleActions()
    {
        var role = RequiredRights.ClusterRole();
        string[] known = ["", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apps", "authentication.k8s.io", "authorization.k8s.io", "discovery.k8s.io", "policy", "rbac.authorization.k8s.io"];
        foreach (var rule in (role["rules"] as JsonArray ?? []).OfType<JsonObject>())
        {
            foreach (var (group, resource, verb) in Texts(rule, "apiGroups").SelectMany(group => Texts(rule, "resources").SelectMany(resource => Texts(rule, "verbs").Select(verb => (group, resource, verb)))))
            {
                var action = verb switch { "get" or "list" or "watch" => "read", "create" or "update" or "patch" => "write", _ => verb };
                var what = !known.Contains(group) ? "customresources" : group.Length == 0 ? resource.Split('/')[0] : $"{group}/{resource.Split('/')[0]}";
                yield return $"{what}/{action}";
            }
        }
    }

    private static IEnumerable<string> Texts(JsonObject rule, string field) => (rule[field] as JsonArray ?? []).Select(item => item?.ToString() ?? "");

    private static string RoleOf(PredictedResource right)
    {
        var id = right.Text("roleDefinitionId") ?? "";
        var own = PredictedResources.Of("Microsoft.Authorization/roleDefinitions").FirstOrDefault(role => role.Id == id);
        // The environment's token stands behind the name, in brackets.
        return own is null ? BuiltIn[id[(id.LastIndexOf('/') + 1)..]] : (own.Text("roleName") ?? "").Split(" (")[0];
    }

    private static Dictionary<string, (string Role, string Why)> Reasons() =>
        Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "azure.md")))
            .ToDictionary(row => row.Groups[1].Value, row => (row.Groups[2].Value, row.Groups[3].Value), StringComparer.Ordinal);

    [GeneratedRegex(@"^\| `((?:app|events|operator)-[a-z-]+)` \| ([^|]+) \| [^|]+ \| ([^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
