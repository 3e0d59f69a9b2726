using System.Text.Json;

namespace AiBotKit.Evals;

/// <summary>A data set: documents, questions, and which documents answer which question.</summary>
internal sealed record EvalSet(string Name, IReadOnlyList<EvalSet.Document> Documents, IReadOnlyList<EvalSet.Query> Queries)
{
    /// <summary>Reads <c>{docs: […], queries: […]}</c>.</summary>
    /// <exception cref="FileNotFoundException">The sets are not part of the repository; the message says where they are expected.</exception>
    public static EvalSet Load(string folder, string name)
    {
        var path = Path.Combine(folder, name + ".json");
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"The evaluation set '{name}' is not at '{path}'. The sets are not committed; give their folder with --data FOLDER or AIBOTKIT_EVAL_DATA.", path);
        }

        using var json = JsonDocument.Parse(File.ReadAllText(path));
        var documents = json.RootElement.GetProperty("docs").EnumerateArray()
            .Select(d => new Document(Text(d, "id")!, Text(d, "title"), Text(d, "text")!, Text(d, "article") ?? Text(d, "thread") ?? Text(d, "title") ?? Text(d, "id")!))
            .ToList();
        var queries = json.RootElement.GetProperty("queries").EnumerateArray()
            .Select(q => new Query(
                Text(q, "text")!,
                [.. q.GetProperty("rel").EnumerateArray().Select(r => r.ToString())],
                Text(q, "answer"),
                !q.TryGetProperty("answerable", out var answerable) || answerable.GetBoolean()))
            .ToList();
        return new EvalSet(name, documents, queries);
    }

    /// <summary>A fixed sample: evenly spaced questions, the documents that answer them, and evenly spaced others up to about <paramref name="documents"/>.</summary>
    public EvalSet Sample(int questions, int documents)
    {
        var asked = Spaced(Queries, questions);
        var wanted = asked.SelectMany(q => q.Relevant).Concat(Spaced(Documents, documents).Select(d => d.Id)).ToHashSet(StringComparer.Ordinal);
        return this with { Queries = asked, Documents = [.. Documents.Where(d => wanted.Contains(d.Id))] };

        static List<T> Spaced<T>(IReadOnlyList<T> all, int count) =>
            [.. Enumerable.Range(0, Math.Min(count, all.Count)).Select(i => all[(int)((long)i * all.Count / Math.Min(count, all.Count))])];
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.ToString() : null;

    internal sealed record Document(string Id, string? Title, string Text, string Article);

    internal sealed record Query(string Text, IReadOnlyList<string> Relevant, string? Answer, bool Answerable);
}
