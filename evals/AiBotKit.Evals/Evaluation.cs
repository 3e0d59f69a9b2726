using AiBotKit.Knowledge;

namespace AiBotKit.Evals;

/// <summary>Measures one retriever on one set.</summary>
internal sealed record Evaluation(string Set, double Map, double Ndcg, double RecallAt1, double Auroc, double Extractive)
{
    /// <summary>Least acceptable figures: the best measured before there was a product.</summary>
    public static IReadOnlyDictionary<string, (double Map, double Ndcg, double Auroc)> Floors { get; } = new Dictionary<string, (double, double, double)>
    {
        ["stackfaq"] = (0.96, 0, 0),
        ["xquad_en"] = (0, 0.98, 0.985),
        ["xquad_es"] = (0, 0.965, 0.955),
        ["xquad_ar"] = (0, 0.955, 0.925),
        ["xquad_hi"] = (0, 0.965, 0.945),
    };

    /// <summary>True when every figure reaches the floor of its set.</summary>
    public bool Passes() => !Floors.TryGetValue(Set, out var floor) || Reaches(floor.Map, floor.Ndcg, floor.Auroc);

    public bool Reaches(double map, double ndcg, double auroc) => Map >= map && Ndcg >= ndcg && Auroc >= auroc;

    public static Evaluation Run(EvalSet set, IRetriever retriever)
    {
        double map = 0, ndcg = 0, first = 0, quoted = 0, quotable = 0;
        var answerable = new List<double>();
        var unanswerable = new List<double>();
        var documents = set.Documents.ToDictionary(d => d.Id, StringComparer.Ordinal);
        foreach (var query in set.Queries)
        {
            var (ranked, evidence) = retriever.Search(query.Text, set.Documents.Count, null);
            map += Metrics.AveragePrecision(ranked, query.Relevant);
            ndcg += Metrics.NdcgAt10(ranked, query.Relevant);
            first += ranked.Count > 0 && query.Relevant.Contains(ranked[0]) ? 1 : 0;
            (query.Answerable ? answerable : unanswerable).Add(evidence);
            if (query.Answer is { Length: > 0 } answer && query.Answerable)
            {
                quotable++;
                quoted += ranked.Count > 0 && Quote(query.Text, documents[ranked[0]]).Contains(answer, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
            }

            if (!set.Name.StartsWith("squad", StringComparison.Ordinal))
            {
                unanswerable.Add(retriever.Search(query.Text, 1, documents[query.Relevant[0]].Article).Evidence);
            }
        }

        var count = set.Queries.Count;
        return new Evaluation(set.Name, map / count, ndcg / count, first / count, Metrics.AreaUnderRoc(answerable, unanswerable), quotable == 0 ? 0 : quoted / quotable);
    }

    private static string Quote(string question, EvalSet.Document document)
    {
        var passage = new Passage(Guid.Empty, Guid.Empty, "", null, ChunkKind.Passage, document.Text, null, null, 0, 0, null, 0);
        return string.Join(' ', ExtractiveText.BestSentences(question, passage, 2, 700));
    }
}
