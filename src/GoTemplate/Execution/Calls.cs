using System.Reflection;
using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Execution;

/// <summary>Go's evalCall.</summary>
internal static class Calls
{
    public static object? Call(Execution x, object? dot, Function function, Node node, ReadOnlySpan<Operand> arguments, object? final)
    {
        x.Step();
        var piped = !ReferenceEquals(final, Execution.Missing);
        var count = arguments.Length + (piped ? 1 : 0);
        CheckCount(x, function, arguments.Length, count);
        if (function.ShortCircuit is { } decisive) return ShortCircuit(x, dot, decisive, arguments, final);
        var mark = x.MarkArguments();
        for (var i = 0; i < arguments.Length; i++) x.PushArgument(arguments[i].Argument(x, dot, function.ParameterAt(i)));
        if (piped) x.PushArgument(function.ParameterAt(count - 1).Accept(x, final));
        var result = Invoke(x, function, node, mark);
        x.PopArguments(mark);
        return result;
    }

    /// <summary>Calls a method of an object; what it throws is the template's error.</summary>
    public static Returned? Method(Execution x, Node node, string name, Func<Returned?> call)
    {
        try
        {
            return call();
        }
        catch (Exception error) when (error is not (TemplateException or LimitException or OperationCanceledException))
        {
            x.At = node;
            throw x.Fail($"error calling {name}: {error.Message}", error);
        }
    }

    private static object? Invoke(Execution x, Function function, Node node, int mark)
    {
        object? result;
        try
        {
            result = function.Invoke(new Arguments(x, x.ArgumentsFrom(mark)));
        }
        catch (LimitException)
        {
            x.At = node;
            throw;
        }
        catch (TargetInvocationException wrapped) when (wrapped.InnerException is { } error and not (TemplateException or LimitException or OperationCanceledException))
        {
            x.At = node;
            throw x.Fail($"error calling {function.Name}: {error.Message}", error);
        }
        catch (Exception error) when (error is not (TemplateException or LimitException or OperationCanceledException))
        {
            // Go recovers panics of functions, too, and makes them errors.
            x.At = node;
            throw x.Fail($"error calling {function.Name}: {error.Message}", error);
        }

        switch (result)
        {
            case string text:
                if (text.Length > x.MaxOutput) x.CheckLength(text.Length);
                x.Charge(text.Length);
                return text;
            case null or bool or nint or double:
                return result;
            default:
                if (!function.ReturnsOwn) return x.Acquire(result);
                x.Copies?.Own(result);
                return GoValue.From(result);
        }
    }

    private static void CheckCount(Execution x, Function function, int written, int count)
    {
        if (function.IsVariadic)
        {
            if (count < function.Fixed) throw x.Fail($"wrong number of args for {function.Name}: want at least {function.Fixed} got {written}");
            if (count > function.Most) throw x.Fail($"wrong number of args for {function.Name}: want at most {function.Most} got {count}");
        }
        else if (count != function.Fixed)
        {
            throw x.Fail($"wrong number of args for {function.Name}: want {function.Fixed} got {count}");
        }
    }

    /// <summary>and and or evaluate no more arguments than they need.</summary>
    private static object? ShortCircuit(Execution x, object? dot, bool decisive, ReadOnlySpan<Operand> arguments, object? final)
    {
        object? value = NoValue.Instance;
        foreach (var argument in arguments)
        {
            value = argument.Argument(x, dot, Parameter.Value);
            if (GoValue.IsTrue(value) == decisive) return value;
        }

        return ReferenceEquals(final, Execution.Missing) ? value : final;
    }
}
