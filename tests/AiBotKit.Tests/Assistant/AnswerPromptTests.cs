using System.Security.Cryptography;
using System.Text;
using AiBotKit.Assistant;
using AiBotKit.Assistant.Prompts;
using AiBotKit.Chatbots;
using AiBotKit.Knowledge;
using CsCheck;
using Microsoft.Extensions.AI;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Assistant;

/// <summary>What a model is sent: which messages and passages, in which order, how much of them, and who said what (S-R4).</summary>
public sealed class AnswerPromptTests
{
    private const string Mark = "0123456789abcdef";
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Customers_people_and_the_assistant_are_told_apart_in_the_order_they_spoke()
    {
        var messages = Build("And on Sundays?", [new(Speaker.Customer, "When do you open?"), new(Speaker.Assistant, "At nine."), new(Speaker.Owner, "Ana here: at ten today."), new(Speaker.Customer, "Thanks!")]).Messages;
        messages.Select(m => m.Role).ShouldBe([ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.User, ChatRole.User, ChatRole.User]);
        messages.Skip(1).Select(m => m.Text).ShouldBe(
        [
            $"<customer-{Mark}>\nWhen do you open?\n</customer-{Mark}>", "At nine.", $"<team-{Mark}>\nAna here: at ten today.\n</team-{Mark}>",
            $"<customer-{Mark}>\nThanks!\n</customer-{Mark}>", $"<customer-{Mark}>\nAnd on Sundays?\n</customer-{Mark}>",
        ]);
        messages[0].Text.ShouldContain("between team marks was written to the customer by a person");
    }

    [Fact]
    public void The_latest_ten_messages_go_in_and_the_conversation_opens_with_somebody_else_than_the_assistant()
    {
        var history = Enumerable.Range(0, 20).Select(i => new HistoryLine(i % 2 == 0 ? Speaker.Customer : Speaker.Assistant, $"line {i}")).ToArray();
        Said(Build("?", history)).ShouldBe(Enumerable.Range(10, 10).Select(i => $"line {i}"));
        Said(Build("?", history[..^1])).ShouldBe(Enumerable.Range(10, 9).Select(i => $"line {i}"), "line 9 is the assistant's and would come first");
    }

    [Fact]
    public void A_long_message_is_cut_and_does_not_push_out_what_was_said_before_it()
    {
        // 4,096 letters that cost a token each are more than all earlier messages may cost.
        var long1 = string.Concat(Enumerable.Repeat("كلمة ", 820))[..4096];
        var long2 = string.Concat(Enumerable.Repeat("A sentence of ten words that says nothing of any use. ", 80))[..4096];
        var said = Said(Build("?", [new(Speaker.Customer, "first"), new(Speaker.Customer, long1), new(Speaker.Assistant, long2), new(Speaker.Customer, "last")]));
        (said[0], said[^1], said.Count).ShouldBe(("first", "last", 4));
        foreach (var (cut, whole) in new[] { (said[1], long1), (said[2], long2) })
        {
            whole.ShouldStartWith(cut.TrimEnd('…'));
            AnswerPrompt.Tokens(cut).ShouldBeInRange(AnswerPrompt.OneLineTokens / 2, AnswerPrompt.OneLineTokens);
        }

        said[2].ShouldEndWith(".", Case.Sensitive, "cut where a sentence ends");
    }

    [Fact]
    public void Passages_stand_under_their_title_and_headings_with_the_numbers_that_are_cited()
    {
        var system = Build("?", [], [Passage("9 to 18.", "Opening hours", "Summer › July"), Passage("Nothing.", "Opening hours")]).Messages[0].Text;
        system.ShouldContain($"<passage-{Mark} number=\"1\">\nOpening hours › Summer › July\n9 to 18.\n</passage-{Mark}>\n<passage-{Mark} number=\"2\">\nOpening hours\nNothing.\n</passage-{Mark}>");
    }

    [Fact]
    public void A_passage_longer_than_the_budget_is_cut_and_leaves_room_for_two_more()
    {
        var endless = string.Concat(Enumerable.Repeat("खुला है। ", 2000));
        var (messages, _, used) = Build("?", [], [Passage(endless), Passage(endless), Passage("The third."), Passage("The fourth."), Passage("The fifth."), Passage("The sixth.")]);
        used.ShouldBe(5);
        messages[0].Text.ShouldContain("The third.");
        messages[0].Text.ShouldNotContain("The sixth.");
    }

    [Fact]
    public void Whatever_was_said_and_found_the_prompt_keeps_its_limits()
    {
        var letter = Gen.OneOf(Gen.Char['a', 'z'], Gen.Const(' '), Gen.Const('.'), Gen.Const('ا'), Gen.Const('語'), Gen.Const('\n'), Gen.Const('<'));
        var text = Gen.Select(letter.Array[1, 12], Gen.Int[1, 500]).Select((letters, times) => string.Concat(Enumerable.Repeat(new string(letters), times)));
        var line = Gen.Select(Gen.Enum<Speaker>(), text).Select((speaker, said) => new HistoryLine(speaker, said));
        Gen.Select(line.Array[0, 20], text.Array[0, 8], text).Sample(
            (history, found, asked) =>
            {
                var (messages, _, used) = Build(asked, history, [.. found.Select(t => Passage(t))]);
                used.ShouldBeInRange(Math.Min(3, found.Length), Math.Min(AnswerPrompt.MaxPassages, found.Length));
                messages[0].Text.Split($"<passage-{Mark} ").Skip(1).Sum(p => AnswerPrompt.Tokens(p)).ShouldBeLessThanOrEqualTo(4000);
                messages[^1].Text.ShouldBe($"<customer-{Mark}>\n{asked}\n</customer-{Mark}>");
                var said = Said((messages, "", used));
                said.Count.ShouldBeLessThanOrEqualTo(AnswerPrompt.MaxHistory);
                said.Sum(AnswerPrompt.Tokens).ShouldBeLessThanOrEqualTo(AnswerPrompt.HistoryTokens);
                said.ShouldAllBe(s => AnswerPrompt.Tokens(s) <= AnswerPrompt.OneLineTokens);
                // An unbroken run up to the latest message, each from its beginning.
                foreach (var (cut, whole) in said.Zip(history.TakeLast(said.Count)))
                {
                    whole.Text.ShouldStartWith(cut.TrimEnd('…'));
                }

                messages.Skip(1).First().Role.ShouldBe(ChatRole.User);
            },
            iter: LongRun.Count(300, 20_000), seed: "0000000000001");
    }

    /// <summary>Stored answers name the version they were made with: it means nothing if the words can change under it.</summary>
    [Fact]
    public void The_words_and_their_version_change_together()
    {
        var first = Build("Q", [new(Speaker.Customer, "C"), new(Speaker.Assistant, "A"), new(Speaker.Owner, "O")], [Passage("P", "T", "H")]);
        var talking = Build("Q", [], [], AnswerScope.KnowledgeFirst);
        var words = string.Join('\n', first.Messages.Concat(talking.Messages).Select(m => $"{m.Role}: {m.Text}"));
        (AnswerPrompt.Version, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(words)))[..16]).ShouldBe(("answer-5", "09b332664d309dd1"), "other words need another version");
    }

    private static List<string> Said((List<ChatMessage> Messages, string Secret, int Used) prompt) =>
        [.. prompt.Messages.Skip(1).SkipLast(1).Select(m => m.Role == ChatRole.Assistant ? m.Text : m.Text[(m.Text.IndexOf('\n') + 1)..m.Text.LastIndexOf('\n')])];

    private static (List<ChatMessage> Messages, string Secret, int Used) Build(string text, HistoryLine[] history, Passage[]? found = null, AnswerScope scope = AnswerScope.KnowledgeOnly) => AnswerPrompt.Build(
        new() { Id = Guid.Empty, AccountId = Guid.Empty, Name = "Ann", Instructions = "Be brief.", AnswerScope = scope, CreatedAt = Now },
        new(Guid.Empty, Guid.Empty, Guid.Empty, text, history), new("en", 1, found ?? [], .9, .5, true, false), Now, Mark);

    private static Passage Passage(string text, string title = "T", string? heading = null) =>
        new(Guid.NewGuid(), Guid.NewGuid(), title, heading, ChunkKind.Passage, text, null, null, 1, .9, null, .9);
}
