namespace AiBotKit.Evals;

/// <summary>Ranking and separation measures.</summary>
internal static class Metrics
{
    /// <summary>Mean of the precision at each relevant document; documents that were not returned count as never found.</summary>
    public static double AveragePrecision(IReadOnlyList<string> ranked, IReadOnlyList<string> relevant)
    {
        var wanted = relevant.ToHashSet(StringComparer.Ordinal);
        var hits = 0;
        var sum = 0.0;
        for (var i = 0; i < ranked.Count; i++)
        {
            if (wanted.Contains(ranked[i]))
            {
                hits++;
                sum += (double)hits / (i + 1);
            }
        }

        return sum / wanted.Count;
    }

    public static double NdcgAt10(IReadOnlyList<string> ranked, IReadOnlyList<string> relevant)
    {
        var wanted = relevant.ToHashSet(StringComparer.Ordinal);
        var gain = ranked.Take(10).Select((id, i) => wanted.Contains(id) ? 1 / Math.Log2(i + 2) : 0).Sum();
        return gain / Enumerable.Range(0, Math.Min(10, wanted.Count)).Sum(i => 1 / Math.Log2(i + 2));
    }

    /// <summary>Chance that a positive scores above a negative (ties count half).</summary>
    public static double AreaUnderRoc(IReadOnlyList<double> positives, IReadOnlyList<double> negatives)
    {
        var all = positives.Select(v => (Value: v, Positive: true)).Concat(negatives.Select(v => (Value: v, Positive: false))).OrderBy(x => x.Value).ToList();
        var rankSum = 0.0;
        for (var i = 0; i < all.Count;)
        {
            var end = i;
            while (end < all.Count && all[end].Value == all[i].Value)
            {
                end++;
            }

            var rank = (i + 1 + end) / 2.0;
            rankSum += rank * all.Skip(i).Take(end - i).Count(x => x.Positive);
            i = end;
        }

        return (rankSum - (positives.Count * (positives.Count + 1.0) / 2)) / ((double)positives.Count * negatives.Count);
    }
}
