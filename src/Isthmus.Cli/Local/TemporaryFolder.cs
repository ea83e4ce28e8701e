namespace Isthmus.Cli.Local;

/// <summary>A folder of this run, which its owner alone may open and which goes with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("isthmus-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
