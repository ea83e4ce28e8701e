using System.Net.Http.Headers;
using Azure.Core;
using Azure.Identity;
using Isthmus.Core.Mesh;
using Isthmus.Runtime.Arm;
using Isthmus.Runtime.Kubernetes;
using k8s.Authentication;

namespace Isthmus.Runtime.Aks;

/// <summary>Tokens of Entra for AKS's API servers, asked for anew before they end.</summary>
internal sealed class EntraTokens(ClusterName cluster, TokenCredential credential, TimeProvider time) : ITokenProvider
{
    /// <summary>The application that all API servers of AKS with Entra are.</summary>
    internal const string Scope = "6dae42f8-4368-4678-94ff-3960e28e3630/.default";

    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private AccessToken? _token;

    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken)
    {
        if (_token is not { } token || time.GetUtcNow() >= (token.RefreshOn ?? token.ExpiresOn - Margin))
        {
            try
            {
                _token = token = await credential.GetTokenAsync(new TokenRequestContext([Scope]), cancellationToken).ConfigureAwait(false);
            }
            catch (AuthenticationFailedException failure)
            {
                throw new ClusterUnreachableException(cluster, $"Entra gives no token for it: {AzureFaults.Text(failure)}", failure);
            }
        }

        return new AuthenticationHeaderValue("Bearer", token.Token);
    }
}
