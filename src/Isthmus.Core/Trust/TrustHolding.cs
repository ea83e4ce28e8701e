using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Isthmus.Core.Kubernetes;
using Isthmus.Core.Mesh;
using Isthmus.Core.Planning;

namespace Isthmus.Core.Trust;

/// <summary>
/// What a cluster's <c>cacerts</c> holds: the four files that istiod reads and, in labels of ours, how far a rotation has come. All
/// that a rotation needs to go on or back stands here, so that no run needs to remember anything.
/// </summary>
internal sealed record TrustHolding
{
    private const string RootKey = "root-cert.pem";
    private const string PreviousPrefix = "previous-";
    private const string NextRootKey = "next-root-cert.pem";

    public required SigningCa Ca { get; init; }

    /// <summary>The roots that workloads are given.</summary>
    public required string Root { get; init; }

    public TrustStage Stage { get; init; }

    /// <summary>Counts the rotations of the mesh: what a cluster remembers of an earlier one counts for nothing.</summary>
    public long Epoch { get; init; }

    public bool IsAborting { get; init; }

    /// <summary>Since when istiod is seen to have loaded exactly this; null where it has not, or no stage depends on it.</summary>
    public DateTimeOffset? LoadedSince { get; init; }

    public TrustStatement? Stated { get; init; }

    /// <summary>Clusters that the rotation does not wait for.</summary>
    public ImmutableSortedSet<string> Without { get; init; } = [];

    /// <summary>The root that the mesh moves to, in the bytes that will be left at the end; null where it moves nowhere.</summary>
    public string? NextRoot { get; init; }

    /// <summary>The version in the vault that the rotation began with.</summary>
    public string? NextVersion { get; init; }

    /// <summary>The roots before the rotation, in their bytes.</summary>
    public string? PreviousRoot { get; init; }

    /// <summary>The CA before (b): kept until (c), since neither an adopted nor a disabled one could be had from the vault.</summary>
    public SigningCa? Previous { get; init; }

    /// <summary>When an aborted rotation ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether the files are as they were written.</summary>
    public bool IsIntact { get; init; } = true;

    /// <summary>Null where the Secret does not hold a CA and roots.</summary>
    public static TrustHolding? Read(JsonObject secret)
    {
        var ca = SigningCa.Read(secret, "", secret.Annotation(TrustAnnotations.Version));
        var root = RootBundle.FromSecret(secret, RootKey);
        if (ca is null || root is null || RootBundle.IsEmpty(root))
            return null;
        return new TrustHolding
        {
            Ca = ca,
            Root = root,
            Stage = TrustStageNames.Parse(secret.Annotation(TrustAnnotations.Stage)),
            Epoch = long.TryParse(secret.Annotation(TrustAnnotations.Epoch), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : 0,
            IsAborting = secret.Annotation(TrustAnnotations.Abort) == "true",
            LoadedSince = Time(secret, TrustAnnotations.LoadedSince),
            Stated = TrustStatement.Parse(secret.Annotation(TrustAnnotations.Stated)),
            Without = [.. (secret.Annotation(TrustAnnotations.Without) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)],
            NextRoot = RootBundle.FromSecret(secret, NextRootKey),
            NextVersion = secret.Annotation(TrustAnnotations.NextVersion),
            PreviousRoot = RootBundle.FromSecret(secret, PreviousPrefix + RootKey),
            Previous = SigningCa.Read(secret, PreviousPrefix, secret.Annotation(TrustAnnotations.PreviousVersion)),
            EndedAt = Time(secret, TrustAnnotations.EndedAt),
            IsIntact = secret.Annotation(TrustAnnotations.Hash) == RootBundle.Hash(ca.Cert, root, ca.Chain),
        };
    }

    /// <summary>The files alone, as a Secret of somebody else has them.</summary>
    public TrustHolding Unrecorded() => new() { Ca = Ca, Root = Root };

    public JsonObject Write(ObjectId id, string mesh, JsonObject? live)
    {
        var secret = Ownership.NewObject(id, mesh, annotations: Annotations());
        // The type of a Secret cannot be changed, and one that was adopted may have any.
        secret["type"] = ObjectMetadata.TextOf(live?["type"]) ?? "Opaque";
        var data = new JsonObject();
        Ca.Write(data, "");
        data[RootKey] = RootBundle.ToBase64(Root);
        if (NextRoot is not null)
            data[NextRootKey] = RootBundle.ToBase64(NextRoot);
        if (PreviousRoot is not null)
            data[PreviousPrefix + RootKey] = RootBundle.ToBase64(PreviousRoot);
        Previous?.Write(data, PreviousPrefix);
        secret["data"] = data;
        return secret;
    }

    public override string ToString() => $"{Ca}, {Stage.Text()}, rotation {Epoch}";

    private JsonObject Annotations()
    {
        var annotations = new JsonObject();
        Add(TrustAnnotations.Version, Ca.Version);
        // Only the public parts are hashed: the key belongs to the certificate anyway.
        Add(TrustAnnotations.Hash, RootBundle.Hash(Ca.Cert, Root, Ca.Chain));
        Add(TrustAnnotations.Epoch, Epoch == 0 ? null : Epoch.ToString(CultureInfo.InvariantCulture));
        Add(TrustAnnotations.Stage, Stage == TrustStage.Steady ? null : Stage.Text());
        Add(TrustAnnotations.Abort, IsAborting ? "true" : null);
        Add(TrustAnnotations.LoadedSince, LoadedSince is { } loaded ? Text(loaded) : null);
        Add(TrustAnnotations.Stated, Stated?.ToString());
        Add(TrustAnnotations.Without, Without.IsEmpty ? null : string.Join(',', Without));
        Add(TrustAnnotations.NextVersion, NextVersion);
        Add(TrustAnnotations.PreviousVersion, Previous?.Version);
        Add(TrustAnnotations.OldRoots, PreviousRoot is null ? null : string.Join(',', RootBundle.Fingerprints(PreviousRoot)));
        Add(TrustAnnotations.NewRoots, NextRoot is null ? null : string.Join(',', RootBundle.Fingerprints(NextRoot)));
        Add(TrustAnnotations.EndedAt, EndedAt is { } ended ? Text(ended) : null);
        return annotations;

        void Add(string key, string? value)
        {
            if (value is not null)
                annotations[key] = value;
        }
    }

    private static string Text(DateTimeOffset time) => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset? Time(JsonObject secret, string annotation) =>
        DateTimeOffset.TryParse(secret.Annotation(annotation), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) ? time : null;
}
