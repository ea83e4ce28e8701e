using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isthmus.System.Tests.Transcripts;

/// <summary>Replays one scenario against a server and collects every difference.</summary>
internal sealed class ScenarioReplay(Scenario scenario, ReplayTarget target)
{
    private readonly Placeholders _placeholders = new(target.Configured);
    private readonly HashSet<string> _mutatingPaths = new(StringComparer.Ordinal);
    private readonly List<Difference> _differences = [];
    private readonly List<Difference> _messageDifferences = [];
    private int _steps;
    private int _matched;
    private int _messages;
    private int _equalMessages;

    public async Task<ScenarioResult> RunAsync()
    {
        try
        {
            foreach (var (step, i) in scenario.Part("setup").Select((step, i) => (step, i)))
                await PrepareAsync(step, $"setup[{i}]");
            foreach (var (step, i) in scenario.Part("steps").Select((step, i) => (step, i)))
                await StepAsync(step, $"steps[{i}]");
        }
        finally
        {
            foreach (var step in scenario.Part("teardown"))
                using (await SendAsync(step, HttpCompletionOption.ResponseContentRead))
                {
                }

            target.Webhooks.TakeCalls();
        }

        return new ScenarioResult(scenario, _steps, _matched, _messages, _equalMessages, _differences, _messageDifferences);
    }

    private async Task PrepareAsync(JsonObject step, string where)
    {
        NoteConfiguration(step);
        using var response = await SendAsync(step, HttpCompletionOption.ResponseContentRead);
        var body = Parse(await response.Content.ReadAsStringAsync());
        if ((int)response.StatusCode != step["response"]?["status"]?.GetValue<int>())
            _differences.Add(new Difference($"{where} {(string?)step["note"]}", "status", $"{step["response"]?["status"]}", $"{(int)response.StatusCode} {body?.ToJsonString()}"));
        new BodyComparer(_placeholders, scenario.Area, step).Compare(Metadata(step["response"]?["body"]), Metadata(body));
        target.Webhooks.TakeCalls();
    }

    private static JsonNode? Metadata(JsonNode? body) => (body as JsonObject)?["metadata"]?.DeepClone();

    private async Task StepAsync(JsonObject step, string where)
    {
        where = $"{where} {(string?)step["note"]}";
        _steps++;
        NoteConfiguration(step);
        if (step["compare"]?["precondition"] is not null)
            target.Compact();
        if (step["webhookAnswers"] is JsonObject answers)
            target.Webhooks.Answer(answers);
        target.Webhooks.TakeCalls();
        var found = new List<Difference>();
        try
        {
            if (step["watch"] is not null && step["response"]?["status"]?.GetValue<int>() == 200)
                await WatchAsync(step, where, found);
            else
                await CallAsync(step, where, found);
            CompareCalls(step, where, found);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException or IOException)
        {
            found.Add(new Difference(where, "", "an answer", e.Message));
        }

        _differences.AddRange(found);
        if (found.Count == 0)
            _matched++;
    }

    private async Task CallAsync(JsonObject step, string where, List<Difference> found)
    {
        using var response = await SendAsync(step, HttpCompletionOption.ResponseContentRead);
        var text = await response.Content.ReadAsStringAsync();
        if (CompareHead(step, response, text, where, found))
            CompareBody(step, step["response"]?["body"], response, text, where, found);
    }

    /// <summary>Status, media type and warnings; false where the body is not to be looked at.</summary>
    private bool CompareHead(JsonObject step, HttpResponseMessage response, string? text, string where, List<Difference> found)
    {
        var expected = step["response"] as JsonObject ?? [];
        var status = (int)response.StatusCode;
        if (status != expected["status"]?.GetValue<int>())
        {
            if (step["compare"]?["allowStatus"] is JsonArray allowed && allowed.Any(code => code?.GetValue<int>() == status))
                return false;
            found.Add(new Difference(where, "status", $"{expected["status"]}", $"{status} {text}"));
            return false;
        }

        var mediaType = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var given) ? given.ToString().Split(';')[0] : null;
        if ((string?)step["compare"]?["contentType"] != "ignore" && expected["contentType"] is { } wanted && ((string?)wanted)?.Split(';')[0] != mediaType)
            found.Add(new Difference(where, "Content-Type", $"{wanted}", $"{mediaType}"));
        var warnings = response.Headers.NonValidated.TryGetValues("Warning", out var sent) ? sent.ToArray() : [];
        var recorded = expected["headers"]?["Warning"] is JsonArray list ? list.Select(item => _placeholders.Fill((string?)item ?? "")).ToArray() : [];
        if (!warnings.ToHashSet(StringComparer.Ordinal).SetEquals(recorded))
            found.Add(new Difference(where, "Warning", string.Join(" | ", recorded), string.Join(" | ", warnings)));
        return true;
    }

    private void CompareBody(JsonObject step, JsonNode? expected, HttpResponseMessage response, string text, string where, List<Difference> found)
    {
        var rule = (string?)step["compare"]?["body"];
        if (rule == "prefix" || expected is JsonValue)
        {
            var wanted = (string?)expected ?? "";
            if (rule != "ignore" && !(rule == "prefix" ? text.StartsWith(wanted, StringComparison.Ordinal) : _placeholders.Matches(wanted, text)))
                found.Add(new Difference(where, "body", wanted, text));
            return;
        }

        if (expected is null)
        {
            if (text.Length > 0 && rule != "ignore" && response.RequestMessage?.Method != HttpMethod.Head && step["response"]?.AsObject().ContainsKey("body") == false)
                found.Add(new Difference(where, "body", "(none)", text));
            return;
        }

        Compare(step, expected, Parse(text), where, "", rule == "ignore" ? [] : found);
    }

    private void Compare(JsonObject step, JsonNode? expected, JsonNode? actual, string where, string prefix, List<Difference> found)
    {
        var comparer = new BodyComparer(_placeholders, scenario.Area, step);
        comparer.Compare(expected, actual);
        found.AddRange(comparer.Differences.Select(difference => new Difference(where, prefix + difference.Path, difference.Expected, difference.Got)));
        if (comparer.Message is not { } message)
            return;
        _messages++;
        if (message.Equal)
            _equalMessages++;
        else
            _messageDifferences.Add(new Difference(where, "message", message.Expected, message.Got));
    }

    private async Task WatchAsync(JsonObject step, string where, List<Difference> found)
    {
        using var response = await SendAsync(step, HttpCompletionOption.ResponseHeadersRead);
        if (!CompareHead(step, response, null, where, found))
            return;
        var expected = (step["expectEvents"] as JsonArray ?? []).ToArray();
        if (expected is [JsonObject plain] && !plain.ContainsKey("type"))
        {
            Compare(step, plain, Parse(await response.Content.ReadAsStringAsync()), where, "", found);
            return;
        }

        using var watch = new WatchReading(await response.Content.ReadAsStreamAsync());
        foreach (var (during, i) in (step["during"] as JsonArray ?? []).OfType<JsonObject>().Select((during, i) => (during, i)))
            await DuringAsync(during, $"{where} during[{i}] {(string?)during["note"]}");
        var rule = (string?)step["compare"]?["events"];
        if (rule == "bookmarksOptional")
            expected = [.. expected.Where(happened => (string?)happened?["type"] != "BOOKMARK")];
        await watch.ReadAsync(expected.Length, rule == "bookmarksOptional");
        var byServer = (string?)step["closedBy"] == "server";
        await watch.ReadRestAsync(byServer, rule == "bookmarksOptional");
        CompareEvents(step, expected, watch.Events, rule == "initialUnordered", where, found);
        if (byServer && !watch.Ended)
            found.Add(new Difference(where, "stream", "ended by the server", "still open"));
    }

    /// <summary>A step inside a watch counts as one of its own.</summary>
    private async Task DuringAsync(JsonObject step, string where)
    {
        _steps++;
        var found = new List<Difference>();
        await CallAsync(step, where, found);
        _differences.AddRange(found);
        if (found.Count == 0)
            _matched++;
    }

    private void CompareEvents(JsonObject step, JsonNode?[] expected, IReadOnlyList<JsonNode?> events, bool unordered, string where, List<Difference> found)
    {
        if (events.Count != expected.Length)
        {
            found.Add(new Difference(where, "events", string.Join(", ", expected.Select(Short)), string.Join(", ", events.Select(Short))));
            return;
        }

        var actual = events.ToArray();
        if (unordered)
        {
            var initial = expected.TakeWhile(happened => (string?)happened?["type"] == "ADDED").Count();
            (expected, actual) = (Ordered(expected, initial), Ordered(actual, initial));
        }

        for (var i = 0; i < expected.Length; i++)
            Compare(step, expected[i], actual[i], where, $"events[{i}].", found);
    }

    private static JsonNode?[] Ordered(JsonNode?[] events, int initial) =>
        [.. events.Take(initial).OrderBy(Short, StringComparer.Ordinal), .. events.Skip(initial)];

    private static string Short(JsonNode? happened) => $"{happened?["type"]} {(happened?["object"] as JsonObject)?["metadata"]?["name"]}";

    private void CompareCalls(JsonObject step, string where, List<Difference> found)
    {
        var calls = target.Webhooks.TakeCalls().ToList();
        var expected = (step["webhookCalls"] as JsonArray ?? []).OfType<JsonObject>().ToArray();
        var order = string.Join(" ", expected.Select(PathOf).Where(_mutatingPaths.Contains));
        var came = string.Join(" ", calls.Select(PathOf).Where(_mutatingPaths.Contains));
        if ((string?)step["compare"]?["webhookCalls"] != "atLeastOnce" && order != came)
            found.Add(new Difference(where, "webhookCalls", $"mutating calls {order}", came));
        foreach (var (call, i) in expected.Select((call, i) => (call, i)))
        {
            if (calls.Find(candidate => PathOf(candidate) == PathOf(call)) is not { } actual)
            {
                found.Add(new Difference(where, $"webhookCalls[{i}]", PathOf(call), "(no call)"));
                continue;
            }

            calls.Remove(actual);
            Compare(step, new JsonObject { ["query"] = call["query"]?.DeepClone(), ["body"] = call["body"]?.DeepClone() },
                new JsonObject { ["query"] = actual["query"]?.DeepClone(), ["body"] = actual["body"]?.DeepClone() }, where, $"webhookCalls[{i}].", found);
        }

        if ((string?)step["compare"]?["webhookCalls"] != "atLeastOnce")
            found.AddRange(calls.Select(call => new Difference(where, "webhookCalls", "(no call)", PathOf(call))));
    }

    private static string PathOf(JsonObject call) => (string?)call["path"] ?? "";

    /// <summary>Remembers which paths are mutating webhooks: their calls have an order.</summary>
    private void NoteConfiguration(JsonObject step)
    {
        if (step["request"]?["body"] is not JsonObject body || (string?)body["kind"] != "MutatingWebhookConfiguration")
            return;
        foreach (var url in (body["webhooks"] as JsonArray ?? []).Select(webhook => (string?)webhook?["clientConfig"]?["url"] ?? ""))
            _mutatingPaths.Add(url.Replace("<webhook>", "", StringComparison.Ordinal));
    }

    private async Task<HttpResponseMessage> SendAsync(JsonObject step, HttpCompletionOption until)
    {
        var request = RecordedRequests.Build(step["request"] as JsonObject ?? [], _placeholders, target.Server, target.Tokens);
        return await target.Client.SendAsync(request, until);
    }

    private static JsonNode? Parse(string text)
    {
        try
        {
            return text.Length == 0 ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}

/// <summary>The server that is compared and what surrounds it.</summary>
internal sealed record ReplayTarget(
    Uri Server, HttpClient Client, WebhookServer Webhooks, IReadOnlyDictionary<string, string> Configured, IReadOnlyDictionary<string, string> Tokens, Action Compact);
