using System.Text.Json;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>Read receipt and typing indicator over the wire: they come before an AI answer, and with nothing else.</summary>
public sealed class CourtesyTests
{
    [Fact]
    public async Task A_message_that_an_AI_answer_is_coming_to_is_read_and_typed_at_and_one_for_a_person_is_not()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.SayAsync(new { text = "From three days ago", ageSeconds = 3 * 24 * 3600 });
        await shop.SwitchAsync(false);
        await shop.SayAsync(new { text = "Is a person there?" });
        await shop.SwitchAsync(true);
        var answered = (await shop.SayAsync(new { text = "Who else?" })).GetProperty("providerMessageId").GetString();

        // The courtesy of the answer is there; those of the messages before it would have been on their way longer.
        var page = await shop.Simulator.GetAsync("/sim/log?after=0&kind=typing&full=true&waitMs=20000");
        var call = JsonElement.Parse(page.GetProperty("entries").EnumerateArray().ShouldHaveSingleItem().GetProperty("body").GetString()!);
        call.GetProperty("message_id").GetString().ShouldBe(answered);
        call.GetProperty("status").GetString().ShouldBe("read");
        call.GetProperty("typing_indicator").GetProperty("type").GetString().ShouldBe("text");
        (await shop.Simulator.GetAsync("/sim/log?after=0&kind=read")).GetProperty("entries").GetArrayLength().ShouldBe(0);
    }
}
