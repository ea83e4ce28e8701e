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

    /// <summary>Says of each call of a function whether it fails; null for none.</summary>
    public Func<string, bool>? Fails { get; set; }

    public void ThrowIfBroken(string function)
    {
        if (Fails?.Invoke(function) == true)
            throw new InvalidOperationException($"{function} fails on purpose.");
        if (function == _broken)
            throw new InvalidOperationException($"{function} is broken on purpose.");
    }
}
