using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.ControlPlane;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Runtime.Kubernetes;

/// <summary>A token was issued, or was to be, and is of no use. The message says why, and holds nothing of it.</summary>
internal sealed class TokenRefusedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Tokens of a cluster's accounts: asked for by TokenRequest, and tried on the API server before anybody relies on them.</summary>
internal sealed class ReaderTokens(TimeProvider time)
{
    // A server acts on a new binding a moment after it has stored it.
    private const int Tries = 10;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    /// <summary>A token that the API server was seen to accept.</summary>
    /// <exception cref="TokenRefusedException">There is none.</exception>
    public async Task<ReaderToken> RequestAsync(ClusterApi api, JsonObject account, CancellationToken cancellationToken)
    {
        var request = new JsonObject
        {
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["kind"] = "TokenRequest",
            ["spec"] = new JsonObject { ["expirationSeconds"] = (long)RemoteSecretPlanner.RequestedLife.TotalSeconds },
        };
        JsonObject answer;
        try
        {
            answer = await api.CreateBelowAsync(ResourceKind.ServiceAccount, account.NamespaceName(), account.Name(), "token", request, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (ClusterApiException refusal)
        {
            throw new TokenRefusedException($"the API server issued no token for {account.NamespaceName()}/{account.Name()}: {refusal.Message}", refusal);
        }

        var status = answer["status"] as JsonObject;
        if (ObjectMetadata.TextOf(status?["token"]) is not { Length: > 0 } text || Time(status?["expirationTimestamp"]) is not { } expires)
            throw new TokenRefusedException($"the API server's answer to a TokenRequest for {account.NamespaceName()}/{account.Name()} holds no token");
        // The server's own clock, so that ours may differ.
        var issued = Time((answer["metadata"] as JsonObject)?["creationTimestamp"]) ?? time.GetUtcNow();
        if (await RefusalAsync(api, text, cancellationToken).ConfigureAwait(false) is { } reason)
            throw new TokenRefusedException($"the API server does not accept the token that it issued for {account.NamespaceName()}/{account.Name()}: {reason}");
        return new ReaderToken(text, issued, expires);
    }

    /// <summary>Whether the API server knows a token. Silence, and a lack of rights, are no answer to that.</summary>
    public static async Task<bool> IsKnownAsync(ClusterApi api, ReaderToken token, CancellationToken cancellationToken)
    {
        using var holder = api.WithToken(token.Text);
        try
        {
            await TryAsync(holder, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ClusterApiException refusal)
        {
            return refusal.Status != 401;
        }
    }

    private async Task<string?> RefusalAsync(ClusterApi api, string token, CancellationToken cancellationToken)
    {
        using var holder = api.WithToken(token);
        for (var tried = 1; ; tried++)
        {
            try
            {
                await TryAsync(holder, cancellationToken).ConfigureAwait(false);
                return null;
            }
            catch (ClusterApiException refusal) when (refusal.Status == 403 && tried < Tries)
            {
                await Task.Delay(Moment, time, cancellationToken).ConfigureAwait(false);
            }
            catch (ClusterApiException refusal)
            {
                return refusal.Message;
            }
        }
    }

    /// <summary>A list over all namespaces, as istiod's first request is one, of a Service that every cluster has.</summary>
    private static Task<IReadOnlyList<JsonObject>> TryAsync(ClusterApi holder, CancellationToken cancellationToken) =>
        holder.ListAsync(ResourceKind.Service, null, null, "metadata.name=kubernetes", cancellationToken);

    private static DateTimeOffset? Time(JsonNode? node) =>
        DateTimeOffset.TryParse(ObjectMetadata.TextOf(node), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
