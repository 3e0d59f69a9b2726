using AiBotKit.Conversations;
using AiBotKit.Durability;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>Two machines that answer each other are stopped and a person is told (S-R3); people who repeat themselves are not machines.</summary>
public sealed class LoopGuardTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 9, 0, 0, TimeSpan.Zero);

    /// <summary>What machines send of themselves, each time with another ticket, hour or name in it.</summary>
    public static TheoryData<string> Machines() =>
    [
        "Thank you for your message! We are closed right now and will get back to you as soon as we can.",
        "Thank you for contacting us. Your request no. #{n} was received at 10:0{n} and will be looked at by our team within 24 hours.",
        "¡Gracias por escribirnos! En este momento no podemos atenderle.",
        "شكرًا لتواصلك معنا! سنرد عليك في أقرب وقت ممكن.",
        "हमसे संपर्क करने के लिए धन्यवाद! हम जल्द ही आपको उत्तर देंगे।",
        "您好，我现在有事不在，一会再和您联系。",
        "お問い合わせありがとうございます。担当者が確認後、ご連絡いたします。",
        "Спасибо за обращение! Мы ответим вам в ближайшее время.",
    ];

    [Theory]
    [MemberData(nameof(Machines))]
    public void Three_near_equal_exchanges_are_a_loop_in_every_language(string text)
    {
        LoopGuard.Triggers(After(3, n => Filled(text, n), _ => "We are open from 9 to 18."), Now, 20).ShouldBeTrue();
        LoopGuard.Triggers(After(3, n => Filled(text, n).ToUpperInvariant() + "!!", n => $"We are open from 9 to 18{new string('.', n)}"), Now, 20).ShouldBeTrue("case and punctuation do not count");
        LoopGuard.Triggers(After(3, n => Filled(text, n), n => n % 2 == 0 ? "We are open from 9 to 18 every day." : "Every day we are open, from 9 to 18."), Now, 20).ShouldBeTrue("a model's words vary");
        LoopGuard.Triggers(After(2, n => Filled(text, n), _ => "We are open from 9 to 18."), Now, 20).ShouldBeFalse("two are not three");
        LoopGuard.Triggers(After(3, n => n == 1 ? "¿?" : Filled(text, n), _ => "We are open from 9 to 18."), Now, 20).ShouldBeFalse("not in a row");
        LoopGuard.Triggers(After(3, n => Filled(text, n), _ => "We are open from 9 to 18.", apart: TimeSpan.FromMinutes(4)), Now, 20).ShouldBeFalse("somebody who asks again later");
        LoopGuard.Triggers(After(3, n => Filled(text, n), _ => "We are open from 9 to 18."), Now, 0).ShouldBeFalse("switched off");
    }

    [Theory]
    [InlineData("hello?")]
    [InlineData("Hello??|hello?|HELLO|hello?")]
    [InlineData("¿hola?")]
    [InlineData("مرحبا؟")]
    [InlineData("नमस्ते?")]
    [InlineData("在吗？")]
    [InlineData("👍")]
    [InlineData("😀|👍|❤️|🙏")]
    [InlineData("Are you there?")]
    [InlineData("Where is my order 10234?|Where is my order 10235?|Where is my order 10236?|Where is my order 10237?")]
    [InlineData("How much is shipping to France?|How much is shipping to Spain?|How much is shipping to Italy?|How much is shipping to Poland?")]
    public void People_may_repeat_themselves(string texts)
    {
        var all = texts.Split('|');
        LoopGuard.Triggers(After(3, n => all[n % all.Length], _ => "Hello! I am Ann. What would you like to know?"), Now, 20).ShouldBeFalse();
        LoopGuard.Triggers(After(9, n => all[n % all.Length], _ => "Hello! I am Ann. What would you like to know?"), Now, 20).ShouldBe(false);
    }

    [Fact]
    public void Even_the_shortest_is_a_loop_after_ten_exchanges_and_a_person_who_wrote_begins_the_count_anew()
    {
        var ok = After(10, _ => "ok", _ => "ok!");
        LoopGuard.Triggers(ok, Now, 25).ShouldBeTrue();
        const string Closed = "Thank you for your message! We are closed right now.";
        var loop = After(3, _ => Closed, _ => "Hello!");
        LoopGuard.Triggers(loop, Now, 20).ShouldBeTrue();
        LoopGuard.Triggers(loop with { History = [.. loop.History.Take(4), Line(MessageRole.Owner, "Ana here.", Now), .. loop.History.Skip(4)] }, Now, 20).ShouldBeFalse();
        LoopGuard.Triggers(loop with { RecentReplies = loop.RecentReplies.Take(2).ToList() }, Now, 20).ShouldBeFalse("AI replies were switched on again after the first");
    }

    [Fact]
    public void Several_bubbles_of_one_side_are_one_exchange()
    {
        List<TurnMessage> history = [];
        for (var i = 0; i < 3; i++)
        {
            history.AddRange([Line(MessageRole.Customer, "Thank you for your message!", Now), Line(MessageRole.Customer, "We are closed right now.", Now), Line(MessageRole.Assistant, "Hello!", Now), Line(MessageRole.Assistant, "How can I help?", Now)]);
        }

        var turn = After(3, _ => "", _ => "") with { History = history, Unanswered = [Line(MessageRole.Customer, "Thank you for your message!", Now), Line(MessageRole.Customer, "We are closed right now.", Now)] };
        LoopGuard.Triggers(turn, Now, 20).ShouldBeTrue();
        LoopGuard.Triggers(turn with { History = history[4..] }, Now, 20).ShouldBeFalse();
    }

    [Fact]
    public async Task A_loop_ends_with_AI_replies_off_and_a_person_told_and_a_hand_back_gives_it_another_chance()
    {
        await using var shop = await TalkingShop.StartAsync();
        foreach (var text in new[] { "¡Gracias por escribirnos! En este momento no podemos atenderle.", "您好，我现在有事不在，一会再和您联系。" })
        {
            await shop.AskAsync("When are you open?");
            for (var round = 0; round < 3; round++)
            {
                TalkingShop.Text(await shop.AskAsync(text)).ShouldContain(text);
            }

            TalkingShop.Outcome(await shop.SayAsync(new { text })).ShouldBe("loop");
            (await shop.ConversationAsync()).GetProperty("aiReplies").GetBoolean().ShouldBeFalse();
            var all = await shop.MessagesAsync();
            all.ShouldContain(m => TalkingShop.Role(m) == "event" && TalkingShop.Text(m).Contains("two machines", StringComparison.Ordinal));
            TalkingShop.Outcome(await shop.SayAsync(new { text })).ShouldBe("ai_off");
            (await shop.SwitchAsync(true)).GetProperty("aiReplies").GetBoolean().ShouldBeTrue();
            TalkingShop.Text(await shop.AskAsync(text)).ShouldContain(text);
        }
    }

    [Fact]
    public async Task The_twenty_first_reply_in_ten_minutes_is_not_made_and_a_hello_again_and_again_is_answered()
    {
        await using var shop = await TalkingShop.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            TalkingShop.Text(await shop.AskAsync(i < 4 ? "hello?" : $"number {i}")).ShouldEndWith(i < 4 ? "hello?" : $"number {i}");
        }

        TalkingShop.Outcome(await shop.SayAsync(new { text = "number 20" })).ShouldBe("loop");
        var conversation = await shop.ConversationAsync();
        conversation.GetProperty("aiReplies").GetBoolean().ShouldBeFalse();
        await shop.SwitchAsync(true);
        TalkingShop.Text(await shop.AskAsync("number 21")).ShouldEndWith("number 21");
    }

    private static string Filled(string text, int n) => text.Replace("{n}", $"{n}", StringComparison.Ordinal);

    /// <summary>So many exchanges, and the customer speaks once more.</summary>
    private static TurnSnapshot After(int exchanges, Func<int, string> asked, Func<int, string> replied, TimeSpan? apart = null)
    {
        var gap = apart ?? TimeSpan.FromSeconds(20);
        var history = Enumerable.Range(0, exchanges).SelectMany(i => new[]
        {
            Line(MessageRole.Customer, asked(i), Now - ((exchanges - i) * gap)), Line(MessageRole.Assistant, replied(i), Now - ((exchanges - i) * gap) + TimeSpan.FromSeconds(1)),
        }).ToList();
        return DecisionRulesTests.Turn() with
        {
            Unanswered = [Line(MessageRole.Customer, asked(exchanges), Now)],
            History = history,
            RecentReplies = [.. history.Where(m => m.Role == MessageRole.Assistant).Reverse().Select(m => (m.At, m.Text))],
        };
    }

    private static TurnMessage Line(MessageRole role, string text, DateTimeOffset at) => new(1, role, "text", text, at, null);
}
