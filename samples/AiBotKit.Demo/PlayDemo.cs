using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace AiBotKit.Demo;

/// <summary><c>./run demo</c>: fresh data, free ports, the scripted conversation over the simulator, a checked transcript.</summary>
internal static class PlayDemo
{
    private const int BubbleGapMs = 300;
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan LongestStatus = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(RunOptions options, CancellationToken cancellationToken)
    {
        var root = RepositoryRoot.Find();
        var folder = Directory.CreateTempSubdirectory("aibotkit-demo-").FullName;
        var script = await Script.ReadAsync(Path.Combine(root, "samples", "demo", "conversation.json"), cancellationToken);
        if (options.ExpectFailure)
        {
            script = script with { Steps = [script.Steps[0] with { Contains = ["a fact that no document holds"] }, .. script.Steps.Skip(1)] };
        }

        var keys = await Installation.LoadAsync(folder, cancellationToken);
        var (port, simulatorPort) = Ports.Free();
        using var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true);
        var problems = new List<string>();
        await using (var servers = await Servers.StartAsync(root, folder, keys, port, simulatorPort, http, cancellationToken))
        {
            var api = new ProductApi(http, Settings.Url(port), keys.ApiKey);
            var phone = new Phone(http, Settings.Url(simulatorPort), script.Customer);
            for (var i = 0; i < script.Steps.Count; i++)
            {
                var found = await PlayAsync(script, i, phone, api, cancellationToken);
                problems.AddRange(found.Select(problem => $"{script.Steps[i].Name}: {problem}"));
            }

            problems.AddRange(await CloseAsync(script, phone, api, cancellationToken));
        }

        foreach (var problem in problems)
        {
            Console.WriteLine("WRONG  " + problem);
        }

        if (problems.Count > 0)
        {
            Console.WriteLine($"\n{problems.Count} wrong. Data and logs are kept in {folder}");
            return 1;
        }

        Directory.Delete(folder, recursive: true);
        Console.WriteLine($"\nAll {script.Steps.Count} turns as expected.");
        return 0;
    }

    private static async Task<IReadOnlyList<string>> PlayAsync(Script script, int index, Phone phone, ProductApi api, CancellationToken cancellationToken)
    {
        var step = script.Steps[index];
        Console.WriteLine($"\n{index + 1}. {step.Name}");
        for (var i = 0; i < step.Send.Count; i++)
        {
            if (i > 0)
            {
                await Task.Delay(BubbleGapMs, cancellationToken);
            }

            await phone.SendAsync(step.Send[i], cancellationToken);
            Console.WriteLine($"   customer   {(step.Send[i].Type == "text" ? "" : $"[{step.Send[i].Type}] ")}{step.Send[i].Words}");
        }

        var waited = Stopwatch.StartNew();
        var answers = await phone.NextAsync(LongestAnswer, cancellationToken);
        var citations = await CitationsAsync(script, answers, api, cancellationToken);
        foreach (var answer in answers)
        {
            Console.WriteLine($"   assistant  {answer.Text.ReplaceLineEndings("\n              ")}");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"              {waited.Elapsed.TotalSeconds:0.00} s after the last bubble; {(citations.Count == 0 ? "no citation" : "from " + string.Join(", ", citations))}"));
        var got = new Exchange([.. answers.Select(one => one.Text)], citations);
        var problems = AnswerRules.Problems(step, got, index == 0, Settings.Fallback, Settings.Disclosure).ToList();
        if (step.Unanswerable && !await EventuallyAsync(() => api.HasGapAsync(step.Send[^1].Words, cancellationToken), cancellationToken))
        {
            problems.Add("the question is not among the gaps");
        }

        return problems;
    }

    private static async Task<IReadOnlyList<string>> CitationsAsync(Script script, IReadOnlyList<Received> answers, ProductApi api, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> titles = [];
        await EventuallyAsync(
            async () =>
            {
                var rows = (await api.MessagesAsync("wa_" + script.Customer, cancellationToken)).Where(row => answers.Any(one => Text(row, "providerMessageId") == one.Id)).ToList();
                titles = [.. rows.SelectMany(ProductApi.Citations).Distinct()];
                return rows.Count >= answers.Count;
            },
            cancellationToken);
        return titles;
    }

    /// <summary>After the last turn: no late second answer, every customer message answered, every answer delivered or read.</summary>
    private static async Task<IReadOnlyList<string>> CloseAsync(Script script, Phone phone, ProductApi api, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        IReadOnlyList<JsonElement> rows = [];
        var arrived = await EventuallyAsync(
            async () =>
            {
                rows = await api.MessagesAsync("wa_" + script.Customer, cancellationToken);
                return rows.Where(row => Text(row, "role") == "assistant").All(row => Text(row, "status") is "delivered" or "read");
            },
            cancellationToken);
        if (!arrived)
        {
            problems.Add("statuses: an answer never became delivered or read");
        }

        var late = await phone.NextAsync(TimeSpan.FromSeconds(3), cancellationToken);
        problems.AddRange(late.Select(one => $"a message too many: {one.Text}"));
        var answers = rows.Count(row => Text(row, "role") == "assistant");
        if (answers != script.Steps.Count)
        {
            problems.Add($"{answers} answers are stored for {script.Steps.Count} turns");
        }

        var open = rows.Where(row => Text(row, "role") == "customer" && Text(row, "outcome")?.StartsWith("answered", StringComparison.OrdinalIgnoreCase) != true).ToList();
        problems.AddRange(open.Select(row => $"a customer message ended as {Text(row, "outcome") ?? "nothing"}: {Text(row, "text")}"));
        return problems;
    }

    private static string? Text(JsonElement row, string name) => row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static async Task<bool> EventuallyAsync(Func<Task<bool>> holds, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < LongestStatus)
        {
            if (await holds())
            {
                return true;
            }

            await Task.Delay(100, cancellationToken);
        }

        return false;
    }
}
