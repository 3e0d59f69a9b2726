using AiBotKit.Knowledge;
using AiBotKit.Knowledge.Embedding;
using AiBotKit.Knowledge.Ranking;
using AiBotKit.Knowledge.Reading;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Knowledge;

public class SmallKnowledgeTests
{
    private static readonly string[] Facts =
    [
        "Our shop is open Monday to Friday from 9:00 to 18:00.",
        "Delivery within the city costs 4 euros and takes two working days.",
        "You can return an unused product within 30 days for a full refund.",
        "The annual bicycle service includes brakes, gears and chain.",
        "We accept Visa, Mastercard and cash.",
        "Gift vouchers are valid for one year.",
        "Children under six must wear a helmet on the guided tour.",
        "The workshop repairs electric bikes of every brand.",
        "Parking is free behind the building.",
        "The rental deposit is 150 euros per bicycle.",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public void Answers_what_is_there_and_abstains_from_the_rest_with_few_chunks_and_no_pair(int count)
    {
        var search = Lexical();
        var index = ChatbotIndex.Build([.. Facts.Take(count).Select(f => search.Read(Guid.CreateVersion7(), Guid.CreateVersion7(), ChunkKind.Passage, null, null, f))]);

        var known = search.Search(index, "Is the shop open on Monday?", 5);
        known.Evidence.ShouldBeGreaterThanOrEqualTo(known.Floor);

        var unknown = search.Search(index, "Who won the football championship in Argentina?", 5);
        unknown.Evidence.ShouldBeLessThan(unknown.Floor);
    }

    [Fact]
    public void A_typo_finds_the_word_that_was_meant()
    {
        var search = Lexical();
        var index = ChatbotIndex.Build([.. Facts.Select(f => search.Read(Guid.CreateVersion7(), Guid.CreateVersion7(), ChunkKind.Passage, null, null, f))]);
        var wanted = search.Search(index, "delivery cost", 1).Chunks[0].ChunkId;
        search.Search(index, "delviery cost", 1).Chunks[0].ChunkId.ShouldBe(wanted);
    }

    [Fact]
    public void Pairs_stay_whole_and_long_text_is_cut_with_overlap()
    {
        var (title, blocks) = DocumentReader.Read("md", "# Help\n\nQ: Do you ship?\nA: Yes, by post.\n\n## Returns\n\n" + string.Join(' ', Enumerable.Range(0, 60).Select(i => $"Sentence number {i} tells something of use.")));
        var chunks = Chunker.Cut(blocks).ToList();
        title.ShouldBe("Help");
        chunks[0].ShouldBe(new ChunkText(ChunkKind.QuestionAnswer, "Help", "Do you ship?", "Yes, by post."));
        chunks.Count.ShouldBeGreaterThan(2);
        chunks.ShouldAllBe(c => c.Body.Length <= Chunker.MaxChars);
        chunks[2].Body.ShouldStartWith(chunks[1].Body[chunks[1].Body.LastIndexOf("Sentence", StringComparison.Ordinal)..]);
    }

    private static KnowledgeSearch Lexical() => new(new LanguageIdentifier(ModelFiles.None), new ChunkVectors(new SentenceEmbedder(ModelFiles.None)));
}
