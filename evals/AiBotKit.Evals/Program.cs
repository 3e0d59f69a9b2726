using AiBotKit.Evals;
using AiBotKit.Knowledge.Embedding;
var folder = "/work/shared/data";
var files = ModelFiles.BesideProgram;
if (!files.HasSentenceModel) files = new ModelFiles("/work/wt-knowledge/build/models");
using var emb = new SentenceEmbedder(files);
foreach (var name in args)
{
    var sw = System.Diagnostics.Stopwatch.StartNew();
    var set = EvalSet.Load(folder, name);
    var r = new ProductRetriever(set, files, emb);
    double map = 0, nd = 0, r1 = 0; var pos = new List<double>(); var neg = new List<double>(); var times = new List<double>(); var dump = new List<string>();
    foreach (var q in set.Queries)
    {
        var t = System.Diagnostics.Stopwatch.GetTimestamp();
        var (ids, rk) = r.Search(q.Text, set.Documents.Count, null);
        times.Add(System.Diagnostics.Stopwatch.GetElapsedTime(t).TotalMilliseconds);
        map += Metrics.AveragePrecision(ids, q.Relevant); nd += Metrics.NdcgAt10(ids, q.Relevant); r1 += ids.Count > 0 && q.Relevant.Contains(ids[0]) ? 1 : 0;
        if (name.StartsWith("squad")) { (q.Answerable ? pos : neg).Add(rk.Evidence); continue; }
        pos.Add(rk.Evidence);
        var art = set.Documents.First(d => d.Id == q.Relevant[0]).Article;
        var (_, rk2) = r.Search(q.Text, 10, art);
        neg.Add(rk2.Evidence);
        string L(AiBotKit.Knowledge.Ranking.KnowledgeSearch.Ranking k) { var c = k.Chunks.FirstOrDefault(); return $"{c.Evidence:F4} {c.Coverage:F4} {c.Cosine:F4}"; }
        dump.Add($"1 {L(rk)}"); dump.Add($"0 {L(rk2)}");
    }
    File.WriteAllLines("/tmp/k/dump-" + name, dump);
    int n = set.Queries.Count; times.Sort(); pos.Sort(); neg.Sort();
    Console.WriteLine($"{name} MAP {map / n:F4} nDCG {nd / n:F4} R@1 {r1 / n:F4} AUROC {Metrics.AreaUnderRoc(pos, neg):F4}  p50 {times[n / 2]:F2} p99 {times[n * 99 / 100]:F2} ms  {sw.Elapsed.TotalSeconds:F0} s");
    Console.WriteLine("  pos q: " + string.Join(" ", new[] { .01, .05, .1, .25, .5, .75 }.Select(x => pos[(int)(x * pos.Count)].ToString("F3"))) + "  neg q: " + string.Join(" ", new[] { .5, .75, .9, .95, .99 }.Select(x => neg[(int)(x * neg.Count)].ToString("F3"))));
}
return 0;
