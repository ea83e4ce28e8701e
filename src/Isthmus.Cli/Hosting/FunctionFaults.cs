namespace Isthmus.Cli.Hosting;

/// <summary>A function broken on purpose, to see that what depends on it is missed.</summary>
internal sealed class FunctionFaults
{
    private volatile string? _broken;

    /// <summary>The name of the function that fails whenever it is called; null for none.</summary>
    public string? Broken
    {
        get => _broken;
        set => _broken = value;
    }

    public void ThrowIfBroken(string function)
    {
        if (function == _broken)
            throw new InvalidOperationException($"{function} is broken on purpose.");
    }
}
