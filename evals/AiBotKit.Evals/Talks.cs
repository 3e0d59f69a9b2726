using AiBotKit.Knowledge.Embedding;

namespace AiBotKit.Evals;

/// <summary>How well a set of conversations was answered: what should be answered, and what should not.</summary>
internal sealed record Talks(int Answered, int Answerable, int Abstained, int Unanswerable, IReadOnlyList<string> Faults)
{
    /// <summary>Least acceptable shares. Words in a wrong relation ("Do you roast dogs on Monday?") are in the sets and are not told apart; see docs/retrieval.md.</summary>
    public const double LeastAnswered = 0.9, LeastAbstained = 0.9;

    public static IReadOnlyList<string> Sets { get; } = ["follow-ups", "questions", "unseen"];

    public static string Folder { get; } = Find();

    public bool Passes() => Answered >= LeastAnswered * Answerable && Abstained >= LeastAbstained * Unanswerable;

    /// <param name="careless">Quotes whatever is above the relevance floor: must not pass.</param>
    public static async Task<Talks> RunAsync(string set, ModelFiles files, SentenceEmbedder embedder, bool careless = false)
    {
        var shops = new Dictionary<string, Shop>(StringComparer.Ordinal);
        var talks = Conversation.Load(Path.Combine(Folder, "evals", "answers", set + ".json"));
        var faults = new List<(bool ExpectsAnswer, string Fault)>();
        foreach (var talk in talks)
        {
            if (!shops.TryGetValue(talk.Shop, out var shop))
            {
                shops[talk.Shop] = shop = new Shop(talk.Shop == "demo" ? Path.Combine(Folder, "samples", "knowledge") : Path.Combine(Folder, "evals", "answers", "knowledge", talk.Shop), files, embedder, careless);
            }

            if (talk.Fault(await shop.TalkAsync([.. talk.Said ?? [], talk.Text])) is { } fault)
            {
                faults.Add((talk.ExpectsAnswer, fault));
            }
        }

        var answerable = talks.Count(t => t.ExpectsAnswer);
        return new(
            answerable - faults.Count(f => f.ExpectsAnswer), answerable, talks.Count - answerable - faults.Count(f => !f.ExpectsAnswer), talks.Count - answerable, [.. faults.Select(f => f.Fault)]);
    }

    public override string ToString() => $"answered {Answered} of {Answerable}, rightly not answered {Abstained} of {Unanswerable}";

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AiBotKit.slnx")))
            {
                return folder.FullName;
            }
        }

        return Directory.GetCurrentDirectory();
    }
}
