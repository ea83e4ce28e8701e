namespace Isthmus.Cli.Inject;

/// <summary>One call of <c>isthmus inject</c>. File names; - is standard input.</summary>
internal sealed record InjectRequest
{
    public IReadOnlyList<string> Files { get; init; } = [];
    public string? Review { get; init; }
    public string Path { get; init; } = "/inject";
    public required InjectSettingsRequest Settings { get; init; }
    public string Namespace { get; init; } = "default";
}
