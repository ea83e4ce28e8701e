using System.Text.Json.Nodes;
using Isthmus.Core.Checks;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;
using Isthmus.System.Tests.Reconcilers;
using Xunit;

namespace Isthmus.System.Tests.Checks;

/// <summary>Lets a mesh into a cluster as an account that has the ClusterRole in infra/, and no other right.</summary>
internal static class LimitedAccess
{
    public static async Task UseAsync(EmbeddedMesh mesh, string cluster, Action<JsonObject>? change = null)
    {
        var (api, token) = (await mesh.ApiAsync(cluster), TestContext.Current.CancellationToken);
        var role = RequiredRights.ClusterRole();
        change?.Invoke(role);
        await api.CreateAsync(ResourceKind.ClusterRole, role, token);
        await api.CreateAsync(ResourceKind.ServiceAccount, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ServiceAccount",
            ["metadata"] = new JsonObject { ["name"] = "isthmus", ["namespace"] = "default" },
        }, token);
        await api.CreateAsync(ResourceKind.ClusterRoleBinding, new JsonObject
        {
            ["apiVersion"] = "rbac.authorization.k8s.io/v1",
            ["kind"] = "ClusterRoleBinding",
            ["metadata"] = new JsonObject { ["name"] = "isthmus" },
            ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "ClusterRole", ["name"] = "isthmus" },
            ["subjects"] = new JsonArray(new JsonObject { ["kind"] = "ServiceAccount", ["name"] = "isthmus", ["namespace"] = "default" }),
        }, token);
        var request = new JsonObject { ["apiVersion"] = "authentication.k8s.io/v1", ["kind"] = "TokenRequest", ["spec"] = new JsonObject() };
        var answer = await api.CreateBelowAsync(ResourceKind.ServiceAccount, "default", "isthmus", "token", request, token);
        var path = Path.Combine(Path.GetDirectoryName(mesh.DocumentPath) ?? "", $"{cluster}.yaml");
        var kubeconfig = Assert.IsType<JsonObject>(Yaml.Read(await File.ReadAllTextAsync(path, token)));
        var user = Assert.IsType<JsonObject>(kubeconfig["users"]?[0]);
        user["user"] = new JsonObject { ["token"] = answer["status"]?["token"]?.DeepClone() };
        await File.WriteAllTextAsync(path, Yaml.Write(kubeconfig), token);
    }
}
