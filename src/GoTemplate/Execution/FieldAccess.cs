using GoTemplate.Formatting;
using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Execution;

/// <summary>Go's evalField: methods first, then fields of structs and keys of maps.</summary>
internal static class FieldAccess
{
    public static object? Chain(
        Execution x, object? dot, object? receiver, Node node, string[] names, ReadOnlySpan<Operand> arguments, object? final)
    {
        var isInterface = receiver is null || (x.InterfaceElement is { } element && ReferenceEquals(receiver, element));
        for (var i = 0; i < names.Length; i++)
        {
            var last = i == names.Length - 1;
            receiver = last
                ? Get(x, dot, receiver, ref isInterface, node, names[i], arguments, final)
                : Get(x, dot, receiver, ref isInterface, node, names[i], [], Execution.Missing);
        }

        return receiver;
    }

    private static object? Get(
        Execution x, object? dot, object? receiver, ref bool isInterface, Node node, string name, ReadOnlySpan<Operand> arguments, object? final)
    {
        if (receiver is Dictionary<string, object?> own && arguments.IsEmpty && ReferenceEquals(final, Execution.Missing) && own.TryGetValue(name, out var found))
        {
            isInterface = true;
            return x.Acquire(found);
        }

        switch (receiver)
        {
            case NoValue:
                if (x.Options.MissingKey == MissingKey.Error) throw x.Fail($"nil data; no entry for key {Quoting.Quote(name)}");
                return receiver;
            case null:
                throw x.Fail($"nil pointer evaluating interface {{}}.{name}");
            case string or bool or double or nint:
                throw x.Fail($"can't evaluate field {name} in type {TypeName(receiver, isInterface)}");
        }

        var hasArguments = !arguments.IsEmpty || !ReferenceEquals(final, Execution.Missing);
        if (GoMap.Is(receiver)) return Element(x, receiver, ref isInterface, name, hasArguments);
        var type = TypeName(receiver, isInterface);
        isInterface = false;
        return receiver is IGoObject o
            ? Member(x, dot, o, type, node, name, arguments, final)
            : Reflected(x, dot, receiver, type, node, name, arguments, final);
    }

    private static string TypeName(object receiver, bool isInterface) => isInterface ? "interface {}" : GoType.NameOf(receiver);

    private static object? Element(Execution x, object map, ref bool isInterface, string name, bool hasArguments)
    {
        if (GoMap.KeyType(map) != "string") throw x.Fail($"can't evaluate field {name} in type {TypeName(map, isInterface)}");
        if (hasArguments) throw x.Fail($"{name} is not a method but has arguments");
        isInterface = GoMap.IsAnyMap(map);
        if (GoMap.TryGet(map, name, out var value)) return x.Copies is null ? value : x.Copies.Of(value);
        return x.Options.MissingKey switch
        {
            MissingKey.Zero => GoMap.ZeroElement(map),
            MissingKey.Error => throw x.Fail($"map has no entry for key {Quoting.Quote(name)}"),
            _ => NoValue.Instance,
        };
    }

    private static object? Member(
        Execution x, object? dot, IGoObject o, string type, Node node, string name, ReadOnlySpan<Operand> arguments, object? final)
    {
        var hasArguments = !arguments.IsEmpty || !ReferenceEquals(final, Execution.Missing);
        // No Go type has a field and a method of the same name.
        if (o.TryGetField(name, out var value))
        {
            if (hasArguments) throw x.Fail($"{name} has arguments but cannot be invoked as function");
            return o.IsNil ? throw x.Fail($"nil pointer evaluating {type}.{name}") : x.Acquire(value);
        }

        var mark = x.MarkArguments();
        foreach (var argument in arguments) x.PushArgument(argument.Argument(x, dot, Parameter.Any));
        if (!ReferenceEquals(final, Execution.Missing)) x.PushArgument(Parameter.Any.Accept(x, final));
        var values = x.ArgumentsFrom(mark).ToArray();
        x.PopArguments(mark);
        if (Calls.Method(x, node, name, () => o.TryCallMethod(name, values, out var result) ? new(result) : null) is { } returned)
            return x.Acquire(returned.Value);
        throw x.Fail($"can't evaluate field {name} in type {type}");
    }

    private static object? Reflected(
        Execution x, object? dot, object receiver, string type, Node node, string name, ReadOnlySpan<Operand> arguments, object? final)
    {
        var hasArguments = !arguments.IsEmpty || !ReferenceEquals(final, Execution.Missing);
        if (ClrMembers.Method(receiver, name) is { } method) return Calls.Call(x, dot, method, node, arguments, final);
        if (ClrMembers.Property(receiver.GetType(), name) is not { } property) throw x.Fail($"can't evaluate field {name} in type {type}");
        if (hasArguments) throw x.Fail($"{name} has arguments but cannot be invoked as function");
        return x.Acquire(property(receiver));
    }
}
