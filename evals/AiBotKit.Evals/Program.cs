using System.Diagnostics;
using AiBotKit.Evals;
using AiBotKit.Knowledge.Embedding;

// eval [--data FOLDER] [--bad-retriever] [--lexical] [SET…]: prints our figures, exits 1 when one is below its floor.
// The sets "follow-ups" and "questions" are conversations with a small shop; what was said wrongly is printed.
var folder = Environment.GetEnvironmentVariable("AIBOTKIT_EVAL_DATA") ?? "../shared/data";
var bad = false;
var files = ModelFiles.BesideProgram;
var sets = new List<string>();
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--data" when i + 1 < args.Length:
            folder = args[++i];
            break;
        case "--bad-retriever":
            bad = true;
            break;
        case "--lexical":
            files = ModelFiles.None;
            break;
        default:
            sets.Add(args[i]);
            break;
    }
}

if (sets.Count == 0)
{
    sets = ["stackfaq", "xquad_en", "xquad_es", "xquad_ar", "xquad_hi", "squad2_1000", .. Talks.Sets];
}

using var embedder = new SentenceEmbedder(files);
Console.WriteLine($"sentence model: {(embedder.IsAvailable ? "yes" : "no, lexical only")}");
Console.WriteLine("set          |  MAP  | nDCG@10 |  R@1  | AUROC | quote holds the answer | floor (MAP / nDCG / AUROC)");
var passed = true;
foreach (var name in sets.Except(Talks.Sets))
{
    var clock = Stopwatch.StartNew();
    var set = EvalSet.Load(folder, name);
    var result = Evaluation.Run(set, bad ? new BadRetriever(set) : new ProductRetriever(set, files, embedder));
    var floor = Evaluation.Floors.GetValueOrDefault(name);
    passed &= result.Passes();
    Console.WriteLine(
        $"{name,-12} | {result.Map:F4} | {result.Ndcg:F4}  | {result.RecallAt1:F4} | {result.Auroc:F4} | {result.Extractive:P1} | {floor.Map} / {floor.Ndcg} / {floor.Auroc} {(result.Passes() ? "ok" : "BELOW")} ({clock.Elapsed.TotalSeconds:F0} s)");
}

foreach (var name in sets.Intersect(Talks.Sets))
{
    var talks = await Talks.RunAsync(name, files, embedder, careless: bad);
    passed &= talks.Passes();
    Console.WriteLine($"{name,-12} | {talks} {(talks.Passes() ? "ok" : "BELOW")}");
    foreach (var fault in talks.Faults)
    {
        Console.WriteLine("    " + fault);
    }
}

return passed ? 0 : 1;
