extern alias Evals;

using AiBotKit.Knowledge.Embedding;
using Evals::AiBotKit.Evals;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Evals;

/// <summary>
/// A fixed part of every evaluation set, small enough for each run of the suite. The floors lie just below what was measured on exactly this
/// part (searches are deterministic), so a change that makes retrieval worse is seen here; <c>./eval</c> measures the whole sets.
/// </summary>
public class RetrievalFloorTests
{
    private static string Data => Environment.GetEnvironmentVariable("AIBOTKIT_EVAL_DATA") ?? Path.Combine(RepositoryRoot(), "..", "shared", "data");

    /// <summary>By words alone: what every installation has, in every language.</summary>
    [Theory]
    [InlineData("stackfaq", 100, 200, 0.785, 0.81, 0.775)]
    [InlineData("xquad_en", 100, 100, 0.96, 0.97, 0.95)]
    [InlineData("xquad_es", 300, 240, 0.94, 0.955, 0.955)]
    [InlineData("xquad_ar", 300, 240, 0.93, 0.945, 0.925)]
    [InlineData("xquad_hi", 300, 240, 0.94, 0.955, 0.945)]
    [InlineData("squad2_1000", 200, 124, 0.93, 0.94, 0)]
    public void By_words_alone(string name, int questions, int documents, double map, double ndcg, double auroc) =>
        Check(name, questions, documents, ModelFiles.None, map, ndcg, auroc);

    /// <summary>With the embedded English model.</summary>
    [Theory]
    [InlineData("stackfaq", 100, 200, 0.955, 0.96, 0.925)]
    [InlineData("xquad_en", 100, 60, 0.97, 0.98, 0.985)]
    [InlineData("squad2_1000", 60, 40, 0.95, 0.96, 0)]
    public void With_the_sentence_model(string name, int questions, int documents, double map, double ndcg, double auroc)
    {
        Assert.SkipUnless(ModelFiles.BesideProgram.HasSentenceModel && ModelFiles.BesideProgram.HasLanguageModel, "The model files could not be fetched on this machine; the figures by words alone are checked.");
        Check(name, questions, documents, ModelFiles.BesideProgram, map, ndcg, auroc);
    }

    [Theory]
    [InlineData("stackfaq")]
    [InlineData("xquad_en")]
    [InlineData("xquad_es")]
    [InlineData("xquad_ar")]
    [InlineData("xquad_hi")]
    public void A_bad_retriever_fails(string name)
    {
        var set = EvalSet.Load(Data, name).Sample(100, 100);
        var result = Evaluation.Run(set, new BadRetriever(set));
        result.Passes().ShouldBeFalse();
        result.Reaches(0.5, 0, 0).ShouldBeFalse();
        result.Reaches(0, 0.5, 0).ShouldBeFalse();
        result.Reaches(0, 0, 0.7).ShouldBeFalse();
    }

    private static void Check(string name, int questions, int documents, ModelFiles files, double map, double ndcg, double auroc)
    {
        using var embedder = new SentenceEmbedder(files);
        var set = EvalSet.Load(Data, name).Sample(questions, documents);
        var result = Evaluation.Run(set, new ProductRetriever(set, files, embedder));
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: MAP {result.Map:F4}, nDCG@10 {result.Ndcg:F4}, R@1 {result.RecallAt1:F4}, AUROC {result.Auroc:F4}");
        result.Reaches(map, ndcg, auroc).ShouldBeTrue($"MAP {result.Map:F4} (at least {map}), nDCG@10 {result.Ndcg:F4} ({ndcg}), AUROC {result.Auroc:F4} ({auroc})");
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AiBotKit.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("AiBotKit.slnx is in no folder above the tests.");
    }
}
