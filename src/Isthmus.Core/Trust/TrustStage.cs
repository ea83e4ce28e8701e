namespace Isthmus.Core.Trust;

/// <summary>How far a cluster has come in a rotation of the mesh's root (docs/decisions/0011).</summary>
public enum TrustStage
{
    /// <summary>No rotation is recorded.</summary>
    Steady,

    /// <summary>(a) Both roots are trusted; the old intermediate signs.</summary>
    TrustBoth,

    /// <summary>(b) Both roots are trusted; the new intermediate signs.</summary>
    SignNew,

    /// <summary>An abort out of (b): both roots are trusted; the old intermediate signs again.</summary>
    SignOld,

    /// <summary>(c) Only the new root is left: the rotation is over here.</summary>
    Done,

    /// <summary>The rotation was aborted; all is as it was before.</summary>
    Aborted,
}

/// <summary>The stages as they stand in annotations, in JSON and on the terminal.</summary>
public static class TrustStageNames
{
    public static string Text(this TrustStage stage) => stage switch
    {
        TrustStage.Steady => "steady",
        TrustStage.TrustBoth => "trust-both",
        TrustStage.SignNew => "sign-new",
        TrustStage.SignOld => "sign-old",
        TrustStage.Done => "done",
        TrustStage.Aborted => "aborted",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Whether a rotation is under way in a cluster of this stage.</summary>
    public static bool IsUnderWay(this TrustStage stage) => stage is TrustStage.TrustBoth or TrustStage.SignNew or TrustStage.SignOld;

    internal static TrustStage Parse(string? text) =>
        Enum.GetValues<TrustStage>().FirstOrDefault(stage => stage.Text() == text, TrustStage.Steady);
}
