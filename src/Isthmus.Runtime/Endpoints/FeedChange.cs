namespace Isthmus.Runtime.Endpoints;

/// <summary>One event of a watch. A bookmark has no object.</summary>
internal readonly record struct FeedChange<T>(string Type, string Name, T? Object, string? Version)
    where T : class;

/// <summary>The types of events.</summary>
internal static class FeedChange
{
    public const string Deleted = "DELETED";
    public const string Error = "ERROR";
    public const string Bookmark = "BOOKMARK";
}
