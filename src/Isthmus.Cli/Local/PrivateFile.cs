namespace Isthmus.Cli.Local;

/// <summary>A file with a secret, which its owner alone may read.</summary>
internal static class PrivateFile
{
    /// <summary>Writes a new file. Throws <see cref="IOException"/> where there is one already: others might hold it open.</summary>
    public static async Task WriteAsync(string path, string secret, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(path, options);
        await writer.WriteAsync(secret.AsMemory(), cancellationToken);
    }
}
