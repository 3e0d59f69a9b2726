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

    /// <summary>They share words or the subject with the facts, and none of the facts answers them.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(10, false)]
    [InlineData(1, true)]
    [InlineData(3, true)]
    [InlineData(10, true)]
    public void Abstains_from_near_misses(int count, bool withModel)
    {
        var search = Search(withModel);
        var index = Shop(search, count);
        string[] questions =
        [
            "Do you sell shoes?", "Is there a discount for students?", "Do you deliver to Brazil?", "Can I book a table for dinner?", "Do you have a shop in Paris?",
            "Are dogs allowed in the shop?", "Can I pay with Bitcoin?", "What is your phone number?", "Do you repair washing machines?", "Who is your manager?", "is the annual report public",
        ];
        foreach (var question in questions)
        {
            var found = search.Search(index, question, 5);
            found.Evidence.ShouldBeLessThan(found.Floor, question);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_question_in_another_language_is_answered_right_or_not_at_all(bool withModel)
    {
        var search = Search(withModel);
        var index = Shop(search, 10);
        foreach (var question in new[] { "¿A qué hora abre la tienda?", "¿Cuánto cuesta la entrega?", "cuanto es el deposito de la bicicleta", "¿Tienen una tienda en Madrid?", "¿Venden zapatos?", "Wie lange gilt ein Gutschein?" })
        {
            var found = search.Search(index, question, 5);
            found.Evidence.ShouldBeLessThan(found.Floor, question);
        }

        // What both languages write alike may be enough.
        var right = search.Search(index, "¿Aceptan Visa o Mastercard?", 5);
        right.Chunks[0].ChunkId.ShouldBe(search.Search(index, "Visa, Mastercard", 1).Chunks[0].ChunkId);
    }

    [Fact]
    public void A_change_is_found_as_in_an_index_built_anew_and_many_small_ones_do_not_pile_up()
    {
        var search = Lexical();
        var entries = Facts.Select(f => search.Read(Guid.CreateVersion7(), Guid.CreateVersion7(), ChunkKind.Passage, null, null, f)).ToList();
        var index = ChatbotIndex.Empty;
        foreach (var entry in entries)
        {
            index = index.With(new HashSet<Guid> { entry.DocumentId }, [entry]);
        }

        index = index.With(new HashSet<Guid> { entries[0].DocumentId }, []);
        index.Count.ShouldBe(Facts.Length - 1);
        index.IsFragmented.ShouldBeFalse();
        var anew = ChatbotIndex.Build(entries[1..]);
        foreach (var question in new[] { "delivery cost", "Is the shop open on Monday?", "do you take mastercard" })
        {
            var changed = search.Search(index, question, 5).Chunks;
            var built = search.Search(anew, question, 5).Chunks;
            changed.Select(c => c.ChunkId).ShouldBe(built.Select(c => c.ChunkId));
            changed[0].Evidence.ShouldBe(built[0].Evidence, 0.000001);
        }
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

    private static ChatbotIndex Shop(KnowledgeSearch search, int count) =>
        ChatbotIndex.Build([.. Facts.Take(count).Select(f => search.Read(Guid.CreateVersion7(), Guid.CreateVersion7(), ChunkKind.Passage, null, null, f, "en"))]);

    private static KnowledgeSearch Search(bool withModel)
    {
        Assert.SkipUnless(!withModel || ModelFiles.BesideProgram.HasSentenceModel, "The model files could not be fetched on this machine.");
        return withModel ? new(new LanguageIdentifier(ModelFiles.BesideProgram), new ChunkVectors(new SentenceEmbedder(ModelFiles.BesideProgram))) : Lexical();
    }

    private static KnowledgeSearch Lexical() => new(new LanguageIdentifier(ModelFiles.None), new ChunkVectors(new SentenceEmbedder(ModelFiles.None)));
}
