using AiBotKit.Bench;
using AiBotKit.Bench.Acks;
using AiBotKit.Bench.EndToEnd;
using AiBotKit.Bench.Lists;

// One command, one run, one machine: everything in docs/performance.md. Figures are appended to bench/results.jsonl.
if (args is ["serve", var baseline, var port, var data])
{
    return await BareEndpoint.ServeAsync(baseline, port, data);
}

(string Name, Func<Task<object>> RunAsync)[] scenarios =
[
    ("acks", async () => await AckBench.RunAsync()),
    ("ingest", async () => await IngestBench.RunAsync()),
    ("end-to-end", async () => await EndToEndBench.RunAsync()),
    ("retrieval", async () => await RetrievalBench.RunAsync()),
    ("list", async () => await ListBench.RunAsync()),
    ("start", async () => await StartBench.RunAsync()),
    ("backlog", async () => await BacklogBench.RunAsync()),
    ("live", async () => await LiveBench.RunAsync()),
    ("load", async () => await LoadBench.RunAsync()),
];
var chosen = args.Where(a => !a.StartsWith('-')).ToList();
if (chosen.Except(scenarios.Select(s => s.Name)).FirstOrDefault() is { } unknown)
{
    await Console.Error.WriteLineAsync($"'{unknown}' is no scenario. Usage: bench/run [{string.Join("] [", scenarios.Select(s => s.Name))}] [--dry]; without a name all of them; --dry appends nothing.");
    return 2;
}

var broken = 0;
foreach (var (name, runAsync) in scenarios.Where(s => chosen.Count == 0 || chosen.Contains(s.Name)))
{
    await Console.Out.WriteLineAsync($"\n== {name}");
    try
    {
        var figures = await runAsync();
        if (!args.Contains("--dry"))
        {
            await ResultsFile.AppendAsync(name, figures);
        }
    }
    catch (BrokenPromiseException broke)
    {
        broken++;
        await Console.Error.WriteLineAsync($"{name}: {broke.Message}");
    }
}

return broken == 0 ? 0 : 1;
