using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isthmus.Core.Json;
using Isthmus.Core.Kubernetes;

namespace Isthmus.Core.Events;

/// <summary>
/// A file of dead letters as Event Grid writes it: a JSON array of events in either schema, each with why and after how many attempts
/// it was given up. Attributes are lower case in CloudEvents and camel case in the Event Grid schema, so the case does not count.
/// </summary>
public sealed class DeadLetterDocument
{
    /// <summary>What marks an event that was delivered again: the time.</summary>
    public const string ReplayedMark = "isthmusreplayedat";

    private static readonly string[] Added =
        ["deadLetterReason", "deliveryAttempts", "lastDeliveryOutcome", "publishTime", "lastDeliveryAttemptTime", ReplayedMark];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly JsonArray _items;

    private DeadLetterDocument(JsonArray items, ImmutableArray<DeadLetter> letters) => (_items, Letters) = (items, letters);

    public ImmutableArray<DeadLetter> Letters { get; }

    /// <summary>False with the reason where the text is no array of events.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out DeadLetterDocument? document, [NotNullWhen(false)] out string? reason)
    {
        document = null;
        if (!StrictJson.TryParse(text, out var json, out reason))
            return false;
        var items = json as JsonArray ?? (json is JsonObject ? [json] : []);
        if (items.Count == 0 || items.Any(item => item is not JsonObject))
        {
            reason = "it is no JSON array of events";
            return false;
        }

        document = new DeadLetterDocument(items, [.. items.OfType<JsonObject>().Select(Read)]);
        return true;
    }

    /// <summary>The document with these events marked as delivered again.</summary>
    public string Marked(IReadOnlySet<int> replayed, DateTimeOffset now) => Text(item =>
        replayed.Contains(item.Index) ? With(item.Node, ReplayedMark, now.ToString("O", CultureInfo.InvariantCulture)) : item.Node.DeepClone());

    /// <summary>The document without these events; null where none is left.</summary>
    public string? Without(IReadOnlySet<int> replayed) =>
        Letters.All(letter => replayed.Contains(letter.Index)) ? null : Text(item => replayed.Contains(item.Index) ? null : item.Node.DeepClone());

    private string Text(Func<(int Index, JsonObject Node), JsonNode?> each) =>
        new JsonArray([.. _items.OfType<JsonObject>().Select((node, index) => each((index, node))).OfType<JsonNode>()]).ToJsonString(Indented);

    private static JsonObject With(JsonObject node, string name, string value)
    {
        var marked = node.DeepClone().AsObject();
        marked[name] = value;
        return marked;
    }

    private static DeadLetter Read(JsonObject item, int index)
    {
        var original = new JsonObject();
        foreach (var (name, value) in item)
        {
            if (!Added.Contains(name, StringComparer.OrdinalIgnoreCase))
                original[name] = value?.DeepClone();
        }

        // Azure's documentation shows a dead letter of a CloudEvent without the version that CloudEvents requires.
        if (!original.ContainsKey("specversion") && !original.ContainsKey("eventType") && original.ContainsKey("type") && original.ContainsKey("source"))
            original.Insert(0, "specversion", "1.0");
        var fault = ReceivedEvent.TryParse(original, out var received, out var reason) ? null : reason;
        var at = Time(item, "lastDeliveryAttemptTime") ?? Time(item, "publishTime") ?? received?.Time;
        var attempts = Find(item, "deliveryAttempts") is JsonValue count && count.TryGetValue<int>(out var number) ? number : (int?)null;
        return new DeadLetter(index, received, fault, original, Word(item, "deadLetterReason"), attempts, Word(item, "lastDeliveryOutcome"), at, Find(item, ReplayedMark) is not null);
    }

    private static JsonNode? Find(JsonObject item, string name) =>
        item.FirstOrDefault(field => string.Equals(field.Key, name, StringComparison.OrdinalIgnoreCase)).Value;

    private static string? Word(JsonObject item, string name) => ObjectMetadata.TextOf(Find(item, name));

    private static DateTimeOffset? Time(JsonObject item, string name) =>
        DateTimeOffset.TryParse(Word(item, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
