using System.Text;
using Isthmus.Core.Aks;
using Isthmus.Core.Kubernetes;
using Isthmus.Runtime.Arm;

namespace Isthmus.Runtime.Aks;

/// <summary>AKS clusters as Azure Resource Manager has them. Its refusals and its silence are exceptions, and never "it is gone".</summary>
public sealed class AksResources(ArmClient arm)
{
    internal const string ApiVersion = "2025-01-01";

    // Whoever lost the right to see a subscription gets 404 as well, with another code: that says nothing of the cluster.
    private static readonly string[] CodesOfGone = ["ResourceNotFound", "ResourceGroupNotFound", "NotFound"];

    /// <summary>The cluster, or null where ARM says that it, or its resource group, does not exist.</summary>
    public async Task<AksCluster?> FindAsync(string resourceId, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await arm.ReadAsync(resourceId, ApiVersion, cancellationToken).ConfigureAwait(false);
            return AksCluster.Read(answer) ?? throw new ArmUnreachableException($"what ARM answers for {resourceId} is no AKS cluster");
        }
        catch (ArmException missing) when (missing.Status == 404 && CodesOfGone.Contains(missing.Code, StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }
    }

    /// <summary>
    /// Where the API server is and which CA it has. Of the user credential nothing else is looked at: its user section may name a program
    /// to run, and without Entra it is the administrator.
    /// </summary>
    public async Task<InlineKubeconfig> ServerAsync(string resourceId, CancellationToken cancellationToken)
    {
        var answer = await arm.PostAsync($"{resourceId}/listClusterUserCredential", ApiVersion, null, cancellationToken).ConfigureAwait(false);
        var encoded = ObjectMetadata.TextOf((answer.Body["kubeconfigs"] as System.Text.Json.Nodes.JsonArray ?? []).FirstOrDefault()?["value"]) ?? "";
        var buffer = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, buffer, out var length) || length == 0)
            throw new ArmUnreachableException("listClusterUserCredential gave no kubeconfig");
        return InlineKubeconfig.ReadServer(Encoding.UTF8.GetString(buffer, 0, length), out var fault)
            ?? throw new ArmUnreachableException($"the kubeconfig of listClusterUserCredential cannot be used: {fault}");
    }
}
