using System.CommandLine;
using System.Globalization;
using Isthmus.Cli.Local;
using Isthmus.Runtime.EventGrid.Replay;

namespace Isthmus.Cli.Events;

/// <summary>Where replayed events go: the functions' event endpoint with its key, or the topic.</summary>
internal sealed record ReplayTarget(Uri? Functions, FileInfo? Key, FileInfo? Ca, Uri? Topic);

/// <summary>The options of <c>isthmus events replay</c>.</summary>
internal sealed class ReplayOptionSet
{
    private readonly Option<string> _from = new("--from")
    {
        Description = "The container of dead letters (https://ACCOUNT.blob.core.windows.net/CONTAINER), or a folder.",
        Required = true,
    };

    private readonly Option<Uri?> _functions = CommandOptions.HttpsAddress("--functions-url", "Deliver to the functions at this https address, as Event Grid does.", required: false);
    private readonly Option<FileInfo?> _key = new("--event-key") { Description = "A file with the functions' system key eventgrid_extension." };
    private readonly Option<FileInfo?> _ca = new("--ca-bundle") { Description = "PEM of the CA of the functions' address, where the system's roots do not hold it." };
    private readonly Option<Uri?> _topic = CommandOptions.HttpsAddress("--topic", "Publish Isthmus's own events to this topic instead, under your identity.", required: false);
    private readonly Option<DateTimeOffset?> _since;
    private readonly Option<DateTimeOffset?> _until;
    private readonly Option<string[]> _types = new("--type") { Description = "Only events of this type, a trailing * standing for any ending; may be given several times." };
    private readonly Option<bool> _again = new("--again") { Description = "Those too that a replay has marked." };
    private readonly Option<bool> _delete = new("--delete") { Description = "Take delivered events out of their files, rather than mark them." };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Say what would be delivered; send and write nothing." };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON." };

    public ReplayOptionSet(TimeProvider time)
    {
        _since = Time("--since", "Only events that were tried last at this time or later: 2026-11-24T09:00Z, or 90m, 6h, 2d ago.", time);
        _until = Time("--until", "Only events that were tried last before this time.", time);
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _from, _functions, _key, _ca, _topic, _since, _until, _types, _again, _delete, _dryRun, _json })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            var (functions, topic) = (result.GetResult(_functions) is not null, result.GetResult(_topic) is not null);
            if (functions == topic)
                result.AddError("Say where events go: --functions-url with --event-key, or --topic.");
            else if (functions && result.GetResult(_key) is null)
                result.AddError("--functions-url needs --event-key: the functions' system key eventgrid_extension, in a file.");
        });
    }

    public string From(ParseResult parsed) => parsed.GetRequiredValue(_from);

    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    public ReplayTarget Target(ParseResult parsed) => new(parsed.GetValue(_functions), parsed.GetValue(_key), parsed.GetValue(_ca), parsed.GetValue(_topic));

    public ReplayOptions Replay(ParseResult parsed) => new()
    {
        DryRun = parsed.GetValue(_dryRun),
        Delete = parsed.GetValue(_delete),
        Filter = new ReplayFilter
        {
            Since = parsed.GetValue(_since),
            Until = parsed.GetValue(_until),
            Types = parsed.GetValue(_types) ?? [],
            Again = parsed.GetValue(_again),
        },
    };

    private static Option<DateTimeOffset?> Time(string name, string description, TimeProvider time) => new(name)
    {
        Description = description,
        CustomParser = parsed =>
        {
            var text = parsed.Tokens.Single().Value;
            if (Ago(text) is { } ago)
                return time.GetUtcNow() - ago;
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
                return at;
            parsed.AddError($"{name}: '{text}' is no time. Write 2026-11-24T09:00Z, or 90m, 6h or 2d for a time ago.");
            return null;
        },
    };

    private static TimeSpan? Ago(string text) =>
        text.Length > 1 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? text[^1] switch
            {
                'm' => TimeSpan.FromMinutes(count),
                'h' => TimeSpan.FromHours(count),
                'd' => TimeSpan.FromDays(count),
                _ => null,
            }
            : null;
}
