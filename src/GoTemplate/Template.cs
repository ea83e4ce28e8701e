using GoTemplate.Execution;
using GoTemplate.Formatting;
using GoTemplate.Parsing;
using GoTemplate.Values;

namespace GoTemplate;

/// <summary>
/// A parsed template of Go's text/template, with the templates that it defines. Immutable and safe for concurrent executions.
/// <para>
/// Data are Go values in .NET form: string, bool, <see langword="nint"/> (int), <see langword="long"/> (int64) and the other integers,
/// <see langword="double"/> (float64), null (nil); <c>IReadOnlyDictionary&lt;string, object?&gt;</c> (map[string]interface {}),
/// <c>IReadOnlyDictionary&lt;string, string&gt;</c>, <c>IReadOnlyList&lt;object?&gt;</c>, <c>IReadOnlyList&lt;string&gt;</c>;
/// System.Text.Json nodes, whose numbers are float64; <see cref="IGoObject"/> (a struct or pointer); and any other object by its
/// public properties and methods.
/// </para>
/// </summary>
public sealed class Template
{
    private readonly Dictionary<string, TemplateBody> _bodies;
    private readonly TemplateOptions _options;
    private readonly bool _mutates;

    private Template(string name, Dictionary<string, TemplateBody> bodies, TemplateOptions options, bool mutates) =>
        (Name, _bodies, _options, _mutates) = (name, bodies, options, mutates);

    /// <summary>The name, which error messages give.</summary>
    public string Name { get; }

    /// <summary>The names of all templates in the text, this one's included, sorted.</summary>
    public IReadOnlyList<string> DefinedTemplates => [.. _bodies.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Parses a template.</summary>
    /// <exception cref="TemplateException">The text is no template, or calls an unknown function.</exception>
    public static Template Parse(string name, string text, FunctionMap functions, TemplateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(functions);
        options ??= TemplateOptions.Default;
        var left = options.LeftDelimiter.Length > 0 ? options.LeftDelimiter : "{{";
        var right = options.RightDelimiter.Length > 0 ? options.RightDelimiter : "}}";
        var bodies = Parser.Parse(new TemplateSource(name, text, left, right), text, functions, out var mutates);
        return new Template(name, bodies, options, mutates);
    }

    /// <summary>Executes the template with data as dot and $.</summary>
    /// <exception cref="TemplateException">The template failed, or reached a limit.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public string Execute(object? data, ExecutionLimits? limits = null, CancellationToken cancellationToken = default) =>
        Run(_bodies[Name], data, limits, cancellationToken);

    /// <summary>Executes one of the templates that the text defines.</summary>
    /// <exception cref="TemplateException">There is no such template; or as <see cref="Execute"/>.</exception>
    public string ExecuteTemplate(string name, object? data, ExecutionLimits? limits = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_bodies.TryGetValue(name, out var body)) return Run(body, data, limits, cancellationToken);
        throw new TemplateException(
            TemplateFailure.Execution, Name, 0, 0, $"template: no template {Quoting.Quote(name)} associated with template {Quoting.Quote(Name)}");
    }

    private string Run(TemplateBody body, object? data, ExecutionLimits? limits, CancellationToken cancellationToken)
    {
        using var x = new Execution.Execution(_options, limits ?? ExecutionLimits.Default, _mutates, cancellationToken);
        x.Body = body;
        try
        {
            var dot = x.Acquire(data) ?? NoValue.Instance;
            TemplateNode.Enter(x, body, dot);
            body.Root.Run(x, dot);
            return x.Output.ToString();
        }
        catch (LimitException limit)
        {
            throw x.Fail(limit.Message, limit, TemplateFailure.Limit);
        }
    }
}
