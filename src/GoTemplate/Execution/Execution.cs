using GoTemplate.Formatting;
using GoTemplate.Functions;
using GoTemplate.Values;

namespace GoTemplate.Execution;

/// <summary>The state of one execution: output, variables, the node for error messages, and what the limits leave.</summary>
internal sealed class Execution : IDisposable
{
    /// <summary>No value was piped into the command.</summary>
    public static readonly object Missing = new();

    /// <summary>A variable that the executor has not met yet.</summary>
    public static readonly object Undefined = new();

    private const int StepsBetweenChecks = 256;
    private const int CharactersPerElement = 16;

    private readonly ExecutionLimits _limits;
    private readonly CancellationToken _cancellation;
    private readonly long _deadline;
    private readonly Stack<Output> _spare = new();
    private object?[] _arguments = new object?[32];
    private int _top;
    private int _steps;
    private long _produced;

    public Execution(TemplateOptions options, ExecutionLimits limits, bool copiesData, CancellationToken cancellation)
    {
        Options = options;
        _limits = limits;
        _cancellation = cancellation;
        Copies = copiesData ? new DataCopies(this) : null;
        Output = new Output(limits.MaxOutput);
        _deadline = limits.MaxTime <= TimeSpan.Zero
            ? long.MaxValue
            : limits.TimeProvider.GetTimestamp() + (long)(limits.MaxTime.TotalSeconds * limits.TimeProvider.TimestampFrequency);
    }

    public TemplateOptions Options { get; }

    public Output Output { get; }

    /// <summary>Set when the template changes maps: then it sees copies of its data.</summary>
    public DataCopies? Copies { get; }

    /// <summary>The node that error messages point to.</summary>
    public Node? At { get; set; }

    public TemplateBody? Body { get; set; }

    public object?[] Variables { get; set; } = [];

    public int Depth { get; set; }

    /// <summary>The element of the innermost range over interface values: its static type is interface {} in messages.</summary>
    public object? InterfaceElement { get; set; }

    public int MaxOutput => _limits.MaxOutput;

    public int MaxDepth => _limits.MaxTemplateDepth;

    /// <summary>Counts a step and looks at the clock now and then.</summary>
    public void Step()
    {
        if (++_steps >= StepsBetweenChecks) CheckTime();
    }

    /// <summary>Accounts for the characters that a function made.</summary>
    public void Charge(long amount)
    {
        _produced += amount;
        if (_produced > _limits.MaxProduced) throw new LimitException($"functions produced more than {_limits.MaxProduced} characters, or the like in elements");
        if (amount > 4096) CheckTime();
    }

    /// <summary>Accounts for elements of lists and maps, each of which takes the room of some characters.</summary>
    public void ChargeElements(long count) => Charge(count * CharactersPerElement);

    /// <summary>Refuses a text before it is made.</summary>
    public void CheckLength(long length)
    {
        if (length > _limits.MaxOutput) throw new LimitException($"output exceeds {_limits.MaxOutput} characters");
    }

    public void CheckTime()
    {
        _steps = 0;
        _cancellation.ThrowIfCancellationRequested();
        if (_limits.TimeProvider.GetTimestamp() > _deadline) throw new LimitException($"execution took longer than {GoDuration.Text(GoValue.Nanoseconds(_limits.MaxTime))}");
    }

    public object? Acquire(object? raw)
    {
        var value = GoValue.From(raw);
        return Copies is null ? value : Copies.Of(value);
    }

    public int MarkArguments() => _top;

    public void PushArgument(object? value)
    {
        if (_top == _arguments.Length) Array.Resize(ref _arguments, _top * 2);
        _arguments[_top++] = value;
    }

    public ReadOnlySpan<object?> ArgumentsFrom(int mark) => _arguments.AsSpan(mark, _top - mark);

    public void PopArguments(int mark)
    {
        Array.Clear(_arguments, mark, _top - mark);
        _top = mark;
    }

    public Output RentOutput() => _spare.TryPop(out var output) ? output : new Output(_limits.MaxOutput);

    public string Finish(Output output)
    {
        var text = output.ToString();
        output.Clear();
        _spare.Push(output);
        return text;
    }

    public TemplateException Fail(string message, Exception? cause = null, TemplateFailure failure = TemplateFailure.Execution)
    {
        if (At is null) return new TemplateException(failure, Body?.Name ?? "", 0, 0, $"template: {Body?.Name}: {message}", cause);
        var (line, column) = At.Source.Locate(At.Position);
        var text = $"template: {At.Source.Name}:{line}:{column}: executing {Quoting.Quote(Body?.Name ?? "")} at <{At}>: {message}";
        return new TemplateException(failure, At.Source.Name, line, column, text, cause);
    }

    public void Dispose()
    {
        Output.Dispose();
        foreach (var output in _spare) output.Dispose();
    }
}
