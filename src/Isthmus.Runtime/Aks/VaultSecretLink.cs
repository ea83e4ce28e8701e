using Azure;
using Azure.Identity;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Arm;
using Isthmus.Runtime.KeyVault;
using Isthmus.Runtime.Kubernetes;
using k8s;

namespace Isthmus.Runtime.Aks;

/// <summary>Access by a kubeconfig that is a secret of the mesh's vault.</summary>
internal sealed class VaultSecretLink(ClusterName cluster, ClusterAccess.VaultSecret access, VaultClients vaults) : IClusterLink
{
    public async Task<KubernetesClientConfiguration> ConnectAsync(CancellationToken cancellationToken)
    {
        var vault = access.Vault ?? throw new ClusterUnreachableException(cluster, "access.vaultSecret needs spec.trust.vault");
        var text = await TextAsync(vault, cancellationToken).ConfigureAwait(false);
        return InlineKubeconfig.Read(text, out var fault) is { } kubeconfig
            ? InlineAccess.Configuration(kubeconfig, null)
            : throw new ClusterUnreachableException(cluster, $"the kubeconfig in secret {access.SecretName}: {fault}");
    }

    public Task<string?> ExplainAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    private async Task<string> TextAsync(Uri vault, CancellationToken cancellationToken)
    {
        try
        {
            var secret = await VaultSecrets.FindAsync(vaults.For(vault), access.SecretName, null, cancellationToken).ConfigureAwait(false);
            return secret?.Value ?? throw new ClusterUnreachableException(cluster, $"vault {vault} has no secret {access.SecretName}");
        }
        catch (VaultStateException state)
        {
            throw new ClusterUnreachableException(cluster, state.Message, state);
        }
        catch (RequestFailedException refusal) when (refusal.Status is 401 or 403)
        {
            throw new ClusterUnreachableException(cluster, $"secret {access.SecretName} may not be read: the identity needs the role Key Vault Secrets User on {vault}", refusal);
        }
        catch (Exception silence) when (silence is RequestFailedException { Status: 0 } or AggregateException { InnerException: not (AuthenticationFailedException or RequestFailedException { Status: > 0 }) })
        {
            throw new ClusterUnreachableException(cluster, $"secret {access.SecretName} of {vault}: {VaultSilence.Text(silence)}", silence);
        }
        catch (Exception failure) when (failure is RequestFailedException or AuthenticationFailedException or AggregateException)
        {
            throw new ClusterUnreachableException(cluster, $"vault {vault}: {AzureFaults.Text(failure)}", failure);
        }
    }
}
