using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Isthmus.Embedded.Arm;

/// <summary>Microsoft.ContainerService/managedClusters: the resource and its user credential. Nothing gives the administrator's.</summary>
internal sealed class AksEndpoint(AksStore store)
{
    private const string ApiVersion = "2025-01-01";
    private const string Credential = "/listClusterUserCredential";

    public async Task AnswerAsync(HttpContext context)
    {
        var (request, path) = (context.Request, context.Request.Path.Value ?? "");
        if (request.Query["api-version"] != ApiVersion)
        {
            await EmbeddedArm.RefuseAsync(context, 400, "InvalidApiVersionParameter");
            return;
        }

        var wantsCredential = path.EndsWith(Credential, StringComparison.OrdinalIgnoreCase);
        var id = wantsCredential ? path[..^Credential.Length] : path;
        if (store.Find(id) is not { } cluster)
            await EmbeddedArm.RefuseAsync(context, 404, "ResourceNotFound");
        else if (request.Method == "GET" && !wantsCredential)
            await context.Response.WriteAsJsonAsync(cluster.Resource, context.RequestAborted);
        else if (request.Method == "POST" && wantsCredential)
            await context.Response.WriteAsJsonAsync(Credentials(cluster.Kubeconfig), context.RequestAborted);
        else
            await EmbeddedArm.RefuseAsync(context, 405, "MethodNotAllowed");
    }

    private static JsonObject Credentials(string kubeconfig) => new()
    {
        ["kubeconfigs"] = new JsonArray(new JsonObject { ["name"] = "clusterUser", ["value"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(kubeconfig)) }),
    };
}
