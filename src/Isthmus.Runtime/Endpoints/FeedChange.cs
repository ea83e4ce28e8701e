using System.Text.Json.Nodes;

namespace Isthmus.Runtime.Endpoints;

/// <summary>One event of a watch. A bookmark has no object.</summary>
internal readonly record struct FeedChange(string Type, string Name, JsonObject? Object, string? Version)
{
    public const string Deleted = "DELETED";
    public const string Error = "ERROR";
    public const string Bookmark = "BOOKMARK";
}
