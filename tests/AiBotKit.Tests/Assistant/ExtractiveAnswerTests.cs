using AiBotKit.Assistant;
using AiBotKit.Channels.WhatsApp;
using AiBotKit.Chatbots;
using AiBotKit.Durability;
using AiBotKit.Knowledge;
using AiBotKit.Knowledge.Language;
using CsCheck;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Assistant;

/// <summary>Answers without a model: the owner's own words, whole, from one document, with their source; and what is said when there are none.</summary>
public sealed class ExtractiveAnswerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Running_text_is_quoted_by_its_best_two_sentences_with_the_source_and_never_from_two_documents()
    {
        // Words that only one sentence of one document has, so that it is known where each sentence of an answer comes from.
        var sentence = Gen.Select(Gen.Int[2, 12], Gen.Int[0, 9]).Select((length, topic) => (length, topic));
        Gen.Select(sentence.Array[1, 12].Array[1, 5], Gen.Int[0, 9]).Sample(
            (documents, asked) =>
            {
                var passages = documents.Select((sentences, d) => Passage(
                    string.Join(' ', sentences.Select((s, i) => $"D{d}s{i} about topic{s.topic} {string.Join(' ', Enumerable.Repeat("word", s.length))}.")), $"Document {d}")).ToArray();
                var text = ExtractiveRules.Text($"What about topic{asked}?", passages[0], "Source").ShouldNotBeNull();
                var parts = text.Split("[[1]]\n\n");
                parts.Length.ShouldBe(2);
                parts[1].ShouldBe("_Source: Document 0_");
                var quoted = Sentences.Split(parts[0]);
                quoted.Count.ShouldBeInRange(1, 2);
                parts[0].Length.ShouldBeLessThanOrEqualTo(350);
                var own = Sentences.Split(passages[0].Text).ToList();
                quoted.ShouldAllBe(q => own.Contains(q), "a sentence whole, and from the cited passage");
                quoted.Select(q => own.IndexOf(q)).ShouldBeInOrder();
                if (documents[0].Any(s => s.topic == asked))
                {
                    quoted.ShouldContain(q => q.Contains($"topic{asked} ", StringComparison.Ordinal), "the sentence that speaks of what was asked");
                }
            },
            iter: LongRun.Count(500, 20_000), seed: "0000000000001");
    }

    [Fact]
    public async Task The_best_passage_alone_is_cited_however_many_were_found()
    {
        var answer = await AskAsync("What does a haircut cost and how long does it take?", [Passage("A haircut costs 30 euros. It takes an hour.", "Prices"), Passage("A haircut costs 20 euros on Mondays.", "Monday offer")]);
        answer.Markdown.ShouldBe("A haircut costs 30 euros. It takes an hour.[[1]]\n\n_Source: Prices_");
        answer.Citations.ShouldHaveSingleItem().Title.ShouldBe("Prices");
        answer.Trace.Passages.Select(p => p.Used).ShouldBe([true, false]);
        answer.Trace.PromptVersion.ShouldBeNull();
    }

    [Theory]
    [InlineData("*Free*, _really_ ~free~ and `free`")]
    [InlineData("1. Take 2 * 3 * 4 cups\n2. Stir\n\n# Not a heading\n> not a quote")]
    [InlineData("C:\\shop\\*.txt & a < b > c &amp; [link](nowhere) <b>bold</b>")]
    [InlineData("    four spaces, snake_case_name, 5~6 or 7~8 pieces")]
    [InlineData("Cześć — ¿qué? 你好。 مرحبا 👍🏽")]
    public async Task A_stored_answer_is_sent_exactly_as_written(string written)
    {
        var answer = await AskAsync("How?", [Pair("How?", written)]);
        (answer.Kind, answer.AsWritten).ShouldBe((AnswerKind.Extractive, true));
        WhatsAppText.Strip(answer.Markdown).ShouldBe(written.Trim());
    }

    [Fact]
    public async Task Topics_are_offered_once_when_near_and_never_twice_in_a_row_and_every_time_is_a_gap()
    {
        var near = new[] { Pair("Do you ship?", "Yes."), Pair("do you SHIP?", "Yes, again."), Pair("Is there parking?", "Behind the house."), Pair("Are you open?", "Always."), Pair("Is it *free*?", "It is.") };
        var history = new List<HistoryLine>();
        var kinds = new List<AnswerKind>();
        foreach (var text in new[] { "what about ships", "the ship thing", "shipping maybe", "ships!" })
        {
            var answer = await AskAsync(text, near, above: false, near: true, history: [.. history]);
            answer.IsGap.ShouldBeTrue();
            answer.Citations.ShouldBeEmpty();
            kinds.Add(answer.Kind);
            history.AddRange([new(Speaker.Customer, text), new(Speaker.Assistant, WhatsAppText.Strip(answer.Markdown))]);
        }

        kinds.ShouldBe([AnswerKind.Topics, AnswerKind.Fallback, AnswerKind.Topics, AnswerKind.Fallback]);
        history[1].Text.Split('\n').Skip(1).ShouldBe(["1. Do you ship?", "2. Is there parking?", "3. Are you open?"], "three, each once");
        (await AskAsync("far away", near, above: false, near: false)).Kind.ShouldBe(AnswerKind.Fallback);
        (await AskAsync("nothing", [], above: false, near: true)).Kind.ShouldBe(AnswerKind.Fallback, "there is nothing to offer");
    }

    [Theory]
    [InlineData("2")]
    [InlineData(" 2. ")]
    [InlineData("#2")]
    [InlineData("2️⃣")]
    [InlineData("٢")]
    [InlineData("२")]
    [InlineData("is it *FREE*")]
    public async Task A_reply_to_the_list_picks_its_topic_in_every_script(string reply)
    {
        var near = new[] { Pair("Do you ship?", "Yes."), Pair("Is it *free*?", "It is.") };
        var offered = await AskAsync("hm", near, above: false, near: true);
        HistoryLine[] history = [new(Speaker.Customer, "hm"), new(Speaker.Assistant, "I am an AI assistant.\n\n" + WhatsAppText.Strip(offered.Markdown))];
        var answer = await AskAsync(reply, near, above: false, near: true, history: history);
        (answer.Kind, answer.Markdown).ShouldBe((AnswerKind.Extractive, "It is.[[1]]"));
        (await AskAsync("7", near, above: false, near: true, history: history)).Kind.ShouldBe(AnswerKind.Fallback);
    }

    [Fact]
    public async Task Of_a_customers_text_the_first_4096_characters_are_read()
    {
        IReadOnlyList<ChatMessage> sent = [];
        using var model = new SaidModel(messages =>
        {
            sent = messages;
            return "[[none]]";
        });
        await AskAsync(new string('x', 4000) + " " + new string('y', 6000), [Pair("x?", "x")], model: model);
        var text = sent[^1].Text.Split('\n')[1];
        text.Length.ShouldBeLessThanOrEqualTo(4096);
        text.ShouldStartWith(new string('x', 4000));
        await AskAsync(new string('z', 4096), [Pair("x?", "x")], model: model);
        sent[^1].Text.Split('\n')[1].ShouldBe(new string('z', 4096));
    }

    private async Task<Answer> AskAsync(string text, Passage[] found, bool above = true, bool near = false, HistoryLine[]? history = null, IChatClient? model = null)
    {
        var readiness = new KnowledgeReadiness(_time);
        readiness.Announce([]);
        var chatbot = new Chatbot { Id = Guid.NewGuid(), AccountId = Guid.NewGuid(), Name = "Ann", CreatedAt = _time.GetUtcNow() };
        var client = new ModelClient(new(model, "m"), Options.Create(new AssistantOptions()), _time, FaultPoints.None);
        var answerer = new Answerer(
            (_, _, _, _, _) => Task.FromResult(new RetrievalResult("en", 1, found, above ? .9 : .2, .5, above, near)),
            (_, _, _) => Task.FromResult<Chatbot?>(chatbot), readiness, client, _time, FaultPoints.None, NullLogger<Answerer>.Instance);
        return await answerer.AnswerAsync(new(chatbot.AccountId, chatbot.Id, Guid.NewGuid(), text, history ?? []), TestContext.Current.CancellationToken);
    }

    private static Passage Pair(string question, string answer) =>
        new(Guid.NewGuid(), Guid.NewGuid(), question, null, ChunkKind.QuestionAnswer, question + "\n" + answer, question, answer, 1, .9, null, .9);

    private static Passage Passage(string text, string title) => new(Guid.NewGuid(), Guid.NewGuid(), title, null, ChunkKind.Passage, text, null, null, 1, .9, null, .9);
}
