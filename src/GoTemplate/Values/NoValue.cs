namespace GoTemplate.Values;

/// <summary>Go's invalid reflect.Value: what a missing map key yields. Null, in contrast, is a nil interface.</summary>
internal sealed class NoValue
{
    public static readonly NoValue Instance = new();

    private NoValue()
    {
    }

    public override string ToString() => "<no value>";
}
