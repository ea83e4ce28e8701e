namespace Isthmus.Core.ControlPlane;

/// <summary>A token by which istiod reads another cluster. It never shows itself.</summary>
public sealed class ReaderToken(string text, DateTimeOffset issued, DateTimeOffset expires)
{
    /// <summary>What a plan that is only looked at holds in place of a token: none is asked for until the plan is carried out.</summary>
    public static readonly ReaderToken Planned = new("requested-when-applied", default, default);

    public string Text { get; } = text;

    public DateTimeOffset Issued { get; } = issued;

    public DateTimeOffset Expires { get; } = expires;

    public override string ToString() => $"a token that expires at {Expires:u}";
}
