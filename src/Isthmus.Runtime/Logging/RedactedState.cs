using System.Collections;
using System.Globalization;
using Isthmus.Core.Secrecy;

namespace Isthmus.Runtime.Logging;

/// <summary>What a provider reads of one log entry: the finished message, and the values by name for those that keep them apart.</summary>
internal sealed class RedactedState(string message, IReadOnlyList<KeyValuePair<string, object?>> values) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => values.Count;

    public KeyValuePair<string, object?> this[int index] => values[index];

    public static RedactedState Of(object? state, string message) =>
        new(message, state is IEnumerable<KeyValuePair<string, object?>> values ? [.. values.Select(value => KeyValuePair.Create(value.Key, Shown(value.Value)))] : []);

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => values.GetEnumerator();

    public override string ToString() => message;

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // Numbers and times stay what they are; anything else is as good as its text.
    private static object? Shown(object? value) => value is null || value.GetType().IsPrimitive || value is DateTimeOffset or TimeSpan or Enum
        ? value
        : Redaction.Text(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
}
