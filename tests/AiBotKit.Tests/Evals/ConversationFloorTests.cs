extern alias Evals;

using AiBotKit.Knowledge.Embedding;
using Evals::AiBotKit.Evals;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Evals;

/// <summary>
/// Conversations with small invented shops, judged as their owner would: follow-ups, near misses, other languages, small talk, nonsense.
/// The floors lie just below what was measured; the third set was written after the rules, and what its first run showed was mended afterwards, so none of them is unseen any more.
/// </summary>
public class ConversationFloorTests
{
    [Theory]
    [InlineData("follow-ups", 0.86, 0.92)]
    [InlineData("questions", 0.95, 0.9)]
    [InlineData("unseen", 0.8, 0.88)]
    public Task By_words_alone(string set, double answered, double abstained) => CheckAsync(set, ModelFiles.None, answered, abstained);

    [Theory]
    [InlineData("follow-ups", 0.94, 1)]
    [InlineData("questions", 0.95, 0.91)]
    [InlineData("unseen", 0.88, 0.92)]
    public Task With_the_sentence_model(string set, double answered, double abstained)
    {
        Assert.SkipUnless(ModelFiles.BesideProgram.HasSentenceModel && ModelFiles.BesideProgram.HasLanguageModel, "The model files could not be fetched on this machine; the figures by words alone are checked.");
        return CheckAsync(set, ModelFiles.BesideProgram, answered, abstained);
    }

    [Theory]
    [InlineData("follow-ups")]
    [InlineData("questions")]
    public async Task Whoever_quotes_whatever_is_near_fails(string set)
    {
        using var embedder = new SentenceEmbedder(ModelFiles.None);
        (await Talks.RunAsync(set, ModelFiles.None, embedder, careless: true)).Passes().ShouldBeFalse();
    }

    private static async Task CheckAsync(string set, ModelFiles files, double answered, double abstained)
    {
        using var embedder = new SentenceEmbedder(files);
        var talks = await Talks.RunAsync(set, files, embedder);
        var told = $"{talks}\n{string.Join('\n', talks.Faults)}";
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        talks.Answered.ShouldBeGreaterThanOrEqualTo((int)Math.Ceiling(answered * talks.Answerable), told);
        talks.Abstained.ShouldBeGreaterThanOrEqualTo((int)Math.Ceiling(abstained * talks.Unanswerable), told);
    }
}
