using System.Collections.Concurrent;
using System.Reflection;
using GoTemplate.Formatting;
using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Execution;

/// <summary>Public properties and methods of .NET objects, as fields and methods of a struct. What Object itself has is not offered.</summary>
internal static class ClrMembers
{
    private static readonly ConcurrentDictionary<(Type, string), Func<object, object?>?> Properties = new();
    private static readonly ConcurrentDictionary<(Type, string), MethodInfo?> Methods = new();

    public static Func<object, object?>? Property(Type type, string name) => Properties.GetOrAdd((type, name), static key =>
    {
        var property = key.Item1.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .FirstOrDefault(p => p.Name == key.Item2 && p.CanRead && p.GetIndexParameters().Length == 0 && p.GetMethod is { IsPublic: true });
        return property is null || IsReflection(property.PropertyType) ? null : property.GetValue;
    });

    /// <summary>The method bound to the receiver.</summary>
    public static Function? Method(object receiver, string name)
    {
        var method = receiver switch
        {
            DateTimeOffset or TimeSpan => null,
            _ => Find(receiver.GetType(), name),
        };
        if (method is not null) return new DelegateFunction(name, method, receiver);
        return receiver switch
        {
            DateTimeOffset time => TimeMethod(time, name),
            TimeSpan duration when name == "String" =>
                Function.Create(name + "()", _ => GoDuration.Text(GoValue.Nanoseconds(duration))),
            _ => null,
        };
    }

    private static MethodInfo? Find(Type type, string name) => Methods.GetOrAdd((type, name), static key =>
    {
        var found = key.Item1.GetMethods(BindingFlags.Public | BindingFlags.Instance).Where(m =>
            m.Name == key.Item2 && !m.IsSpecialName && !m.ContainsGenericParameters && m.ReturnType != typeof(void)
            && m.GetBaseDefinition().DeclaringType != typeof(object) && !m.ReturnType.IsByRef && !IsReflection(m.ReturnType)
            && m.GetParameters().All(p => !p.ParameterType.IsByRef && !p.ParameterType.IsByRefLike)).ToArray();
        return found.Length == 1 ? found[0] : null;
    });

    private static bool IsReflection(Type type) =>
        type == typeof(Type) || type.Namespace?.StartsWith("System.Reflection", StringComparison.Ordinal) == true;

    /// <summary>The methods of Go's time.Time that templates of charts call.</summary>
    private static Function? TimeMethod(DateTimeOffset time, string name) => name switch
    {
        "Format" => Function.Create("Format(string)", a => GoTime.Format(time, a.String(0))),
        "Unix" => Function.Create("Unix()", _ => time.ToUnixTimeSeconds()),
        "Year" => Function.Create("Year()", _ => GoValue.Int(time.Year)),
        "Month" => Function.Create("Month()", _ => GoTime.Format(time, "January")),
        "Day" => Function.Create("Day()", _ => GoValue.Int(time.Day)),
        "Hour" => Function.Create("Hour()", _ => GoValue.Int(time.Hour)),
        "Minute" => Function.Create("Minute()", _ => GoValue.Int(time.Minute)),
        "Second" => Function.Create("Second()", _ => GoValue.Int(time.Second)),
        "Weekday" => Function.Create("Weekday()", _ => GoTime.Format(time, "Monday")),
        "YearDay" => Function.Create("YearDay()", _ => GoValue.Int(time.DayOfYear)),
        "UTC" => Function.Create("UTC()", _ => time.ToUniversalTime()),
        "String" => Function.Create("String()", _ => GoTime.Format(time, GoTime.Default)),
        "IsZero" => Function.Create("IsZero()", _ => GoValue.Box(time == default)),
        _ => null,
    };
}
