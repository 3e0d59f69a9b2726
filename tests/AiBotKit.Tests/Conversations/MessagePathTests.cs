using AiBotKit.Tests.Simulator;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>A message from the customer's phone to the answer on it and back to its blue ticks, over real sockets.</summary>
public sealed class MessagePathTests
{
    [Fact]
    public async Task A_question_is_answered_and_the_answer_ends_as_read()
    {
        await using var shop = await TalkingShop.StartAsync();
        (await shop.SayAsync(new { text = "Open today?" })).GetProperty("outcome").GetString().ShouldBe("answered");
        var reply = TalkingShop.Replies(await shop.WaitAsync(all => TalkingShop.Replies(all) is [var one] && TalkingShop.Status(one) == "read"))[0];
        TalkingShop.Text(reply).ShouldEndWith("re: Open today?");
    }

    [Fact]
    public async Task The_disclosure_is_in_the_first_answer_and_again_after_switching_on()
    {
        await using var shop = await TalkingShop.StartAsync();
        TalkingShop.Text(await shop.AskAsync("One")).ShouldBe(TalkingShop.Disclosure + "\n\nre: One");
        TalkingShop.Text(await shop.AskAsync("Two")).ShouldBe("re: Two");
        (await shop.SwitchAsync(false)).GetProperty("aiReplies").GetBoolean().ShouldBeFalse();
        TalkingShop.Outcome(await shop.SayAsync(new { text = "Three" })).ShouldBe("ai_off");
        TalkingShop.Replies(await shop.MessagesAsync()).Count.ShouldBe(2);
        (await shop.SwitchAsync(true)).GetProperty("aiReplies").GetBoolean().ShouldBeTrue();
        TalkingShop.Text(await shop.AskAsync("Four")).ShouldBe(TalkingShop.Disclosure + "\n\nre: Four");
        TalkingShop.Replies(await shop.MessagesAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Stop_and_start_are_confirmed_once_each_and_nothing_is_answered_between()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        TalkingShop.Outcome(await shop.SayAsync(new { text = "STOP" })).ShouldBe("stopped");
        (await shop.ConversationAsync()).GetProperty("aiReplies").GetBoolean().ShouldBeFalse();
        TalkingShop.Outcome(await shop.SayAsync(new { text = "Are you there?" })).ShouldBe("stopped");
        TalkingShop.Outcome(await shop.SayAsync(new { text = "stop" })).ShouldBe("stopped");
        TalkingShop.Outcome(await shop.SayAsync(new { text = "START" })).ShouldBe("started");
        (await shop.ConversationAsync()).GetProperty("aiReplies").GetBoolean().ShouldBeTrue();
        var all = await shop.WaitAsync(all => all.Any(m => TalkingShop.Text(m) == "Automatic answers are on again. How can I help?"));
        all.Count(m => TalkingShop.Text(m).StartsWith("You will get no more automatic answers", StringComparison.Ordinal)).ShouldBe(1);
        all.Count(m => TalkingShop.Text(m).StartsWith("Automatic answers are on again", StringComparison.Ordinal)).ShouldBe(1);
        all.ShouldAllBe(m => !TalkingShop.Text(m).Contains("re: Are you", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_of_three_days_ago_is_left_to_people()
    {
        await using var shop = await TalkingShop.StartAsync();
        TalkingShop.Outcome(await shop.SayAsync(new { text = "Hello?", ageSeconds = 3 * 24 * 3600 })).ShouldBe("late");
        TalkingShop.Replies(await shop.MessagesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Three_bubbles_are_one_answer()
    {
        await using var shop = await TalkingShop.StartAsync(quietMs: 2000);
        foreach (var text in new[] { "Hi", "I have", "a question" })
        {
            await shop.Simulator.SayAsync(new { text });
        }

        var all = await shop.WaitAsync(all => TalkingShop.Replies(all).Count > 0 && all.Where(m => TalkingShop.Role(m) == "customer").All(m => TalkingShop.Outcome(m) == "answered"));
        TalkingShop.Text(TalkingShop.Replies(all).ShouldHaveSingleItem()).ShouldEndWith("re: Hi|I have|a question");
    }

    [Fact]
    public async Task An_answer_of_the_owner_from_the_phone_takes_over()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.AskAsync("Hello");
        await shop.Simulator.ControlAsync($"/sim/customers/{SimulatorFixture.Customer}/echo", new { text = "I am here myself" });
        var all = await shop.WaitAsync(all => all.Any(m => TalkingShop.Role(m) == "owner"));
        TalkingShop.Text(all.Single(m => TalkingShop.Role(m) == "owner")).ShouldBe("I am here myself");
        (await shop.ConversationAsync()).GetProperty("aiReplies").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("reaction")]
    [InlineData("location")]
    [InlineData("sticker")]
    public async Task What_asks_nothing_is_stored_without_an_answer(string type)
    {
        await using var shop = await TalkingShop.StartAsync();
        var first = await shop.AskAsync("Hello");
        object message = type switch
        {
            "reaction" => new { type, messageId = first.GetProperty("providerMessageId").GetString(), emoji = "👍" },
            "location" => new { type, latitude = 41.15, longitude = -8.61 },
            _ => new { type },
        };
        var stored = await shop.SayAsync(message);
        stored.GetProperty("type").GetString().ShouldBe(type);
        TalkingShop.Outcome(stored).ShouldNotBe("answered");
        TalkingShop.Replies(await shop.MessagesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_busy_pair_is_tried_again()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.Simulator.FaultAsync("131056", new { next = 1 });
        TalkingShop.Status(await shop.AskAsync("Hello")).ShouldBeOneOf("accepted", "sent", "delivered", "read");
        TalkingShop.Replies(await shop.MessagesAsync()).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("131026", 131026)]
    [InlineData("131026-sync", 131026)]
    [InlineData("131047", 131047)]
    public async Task A_final_refusal_says_why(string fault, int code)
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.Simulator.FaultAsync(fault, new { });
        await shop.Simulator.SayAsync(new { text = "Hello" });
        var all = await shop.WaitAsync(all => TalkingShop.Replies(all) is [var one] && TalkingShop.Status(one) == "failed");
        var failure = TalkingShop.Replies(all)[0].GetProperty("failure");
        failure.GetProperty("code").GetInt32().ShouldBe(code);
        failure.GetProperty("reason").GetString().ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public async Task A_send_whose_answer_was_lost_is_confirmed_by_its_status_and_not_repeated()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.Simulator.FaultAsync("accept-then-reset", new { next = 1 });
        var reply = await shop.AskAsync("Hello");
        TalkingShop.Status(reply).ShouldBeOneOf("accepted", "sent", "delivered", "read");
        reply.GetProperty("possibleDuplicate").GetBoolean().ShouldBeFalse();
        (await shop.Simulator.GetAsync($"/sim/customers/{SimulatorFixture.Customer}/messages?from=business")).GetProperty("messages").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Without_a_status_it_is_repeated_and_marked()
    {
        await using var shop = await TalkingShop.StartAsync(0, "Statuses=false");
        await shop.Simulator.FaultAsync("accept-then-reset", new { next = 1 });
        (await shop.AskAsync("Hello")).GetProperty("possibleDuplicate").GetBoolean().ShouldBeTrue();
    }
}
