using AiBotKit.Durability;
using System.Text.Json;
using AiBotKit.Assistant;
using AiBotKit.Conversations;

namespace AiBotKit.Tests.Browser;

/// <summary>A day at an invented shop: one conversation with everything in it, and a list around it.</summary>
internal static class CoffeeShop
{
    public static async Task<(Guid AccountId, Guid Maya)> OpenAsync(DashboardSeed seed)
    {
        var (account, bot) = await seed.AccountAsync("Tidewick Assistant");
        await seed.ChatbotAsync(account, "Wholesale Desk", "15550100300", connection => connection.Enabled = false);
        var now = seed.Now;
        var maya = await seed.ConversationAsync(account, bot, "15550102231", "Maya Lindqvist", c => (c.AiReplies, c.AiRepliesReason) = (false, "owner"));
        await MayaAsync(seed, account, maya, now);
        await OthersAsync(seed, account, bot, now);
        await seed.DeadLetterAsync(account, "webhook_item", "The message has no sender, so no conversation can be found for it.", """{"type":"text","text":{"body":"<img src=x onerror=alert(1)>"}}""");
        await seed.DeadLetterAsync(account, "turn", "The turn ended the process five times in a row.", """{"turn":"the messages stay in the conversation"}""", maya);
        return (account, maya);
    }

    private static async Task MayaAsync(DashboardSeed seed, Guid account, Guid id, DateTimeOffset now)
    {
        var t = now.AddHours(-21);
        await seed.SayAsync(account, id, MessageRole.Customer, "Hi! Which grind should I pick for a moka pot? “Espresso” clogs mine 😅", t, change: m => m.Outcome = "answered");
        var (guide, pair) = (Guid.NewGuid(), Guid.NewGuid());
        var trace = new AnswerTrace
        {
            Language = "en",
            Evidence = 0.87,
            Floor = 0.42,
            SearchText = "grind for a moka pot",
            Model = "qwen3-8b",
            PromptVersion = "7",
            InputTokens = 812,
            OutputTokens = 64,
            RetrievalMilliseconds = 4.2,
            ModelMilliseconds = 1240,
            Passages =
            [
                new TracedPassage(guide, "Grind guide.md", "Stovetop and moka", 0.87, 0.8, 0.7, true),
                new TracedPassage(pair, "Q&A", "Which grind for a moka pot?", 0.79, 0.7, 0.6, true),
                new TracedPassage(Guid.NewGuid(), "Espresso at home.md", "Machines", 0.31, 0.2, 0.3, false),
            ],
            Verdicts = ["Every sentence is supported by a cited passage.", "No price, date or link that the knowledge does not have."],
        };
        Citation[] citations =
        [
            new(1, guide, Guid.NewGuid(), "Grind guide.md", "Moka pots want a medium-fine grind, finer than filter but coarser than espresso.", 0.87),
            new(2, pair, Guid.NewGuid(), "Q&A", "Pick Moka / stovetop at checkout. Espresso grind packs too tightly and blocks the flow.", 0.79),
        ];
        var turn = await seed.TurnAsync(account, id, "model", "Choose **medium-fine** for a moka pot: finer than filter, coarser than espresso.[[1]] Espresso grind packs the basket too tightly and blocks the flow.[[2]]\n\nAt checkout, pick *Moka / stovetop* and we grind it that way.[[2]]", trace);
        await seed.SayAsync(account, id, MessageRole.Assistant, "I am an AI assistant.\nChoose *medium-fine* for a moka pot: finer than filter, coarser than espresso. Espresso grind packs the basket too tightly and blocks the flow.\n\nAt checkout, pick _Moka / stovetop_ and we grind it that way.", t.AddSeconds(4), MessageStatus.Read, m =>
        {
            m.TurnId = turn;
            m.Citations = JsonSerializer.Serialize(citations, JsonSerializerOptions.Web);
        });
        await seed.SayAsync(account, id, MessageRole.Customer, "The bag arrived torn, half the beans are in the box", t.AddMinutes(3), change: m =>
        {
            m.Type = "image";
            m.Content = """{"kind":"media","mediaId":"998877","mimeType":"image/jpeg","caption":"The bag arrived torn","voice":false,"animated":false}""";
            m.Outcome = "answered";
        });
        var gap = await seed.TurnAsync(account, id, "fallback", "I don't have that information. A person from our team will get back to you.", new AnswerTrace { Language = "en", Evidence = 0.21, Floor = 0.42, RetrievalMilliseconds = 3.8, Passages = [new TracedPassage(Guid.NewGuid(), "Delivery.md", "Parcels", 0.21, 0.2, null, false)] });
        await seed.SayAsync(account, id, MessageRole.Assistant, "I don't have that information. A person from our team will get back to you.", t.AddMinutes(3).AddSeconds(3), MessageStatus.Read, m => m.TurnId = gap);
        await seed.SayAsync(account, id, MessageRole.Event, "Waiting for a person: the answer is not in the knowledge", t.AddMinutes(3).AddSeconds(4), change: m => m.Type = "waiting");
        await seed.SayAsync(account, id, MessageRole.Customer, "[audio]", t.AddMinutes(19), change: m =>
        {
            m.Type = "audio";
            m.Content = """{"kind":"media","mediaId":"998878","mimeType":"audio/ogg","voice":true,"animated":false}""";
            m.Outcome = "unsupported";
        });
        await seed.SayAsync(account, id, MessageRole.Event, "Ana Duarte has joined the conversation", t.AddMinutes(24), change: m => m.Type = "takeover");
        var owner = await seed.SayAsync(account, id, MessageRole.Owner, "Hi Maya, Ana from Tidewick here. I’ve packed a fresh Harbour Blend for order 4471, ground for moka. It leaves tonight: https://parcels.example/track/4471", t.AddMinutes(26), MessageStatus.Read, m => m.AuthorName = "Ana Duarte");
        await seed.SayAsync(account, id, MessageRole.Customer, "", t.AddMinutes(38), change: m =>
        {
            m.Type = "reaction";
            m.Content = $$"""{"kind":"reaction","targetProviderId":"{{owner}}","emoji":"❤️"}""";
        });
        await seed.SayAsync(account, id, MessageRole.Customer, "Friday works, thank you! Same address as before", now.AddMinutes(-50), change: m =>
        {
            m.ReplyTo = owner;
            m.Outcome = "ai_off";
            m.EditedAt = now.AddMinutes(-49);
        });
        await seed.SayAsync(account, id, MessageRole.Customer, "[location]", now.AddMinutes(-48), change: m =>
        {
            m.Type = "location";
            m.Content = """{"kind":"location","latitude":59.3293,"longitude":18.0686,"name":"Front door","address":"Strandvägen 1, Stockholm"}""";
            m.Outcome = "ai_off";
        });
        await seed.SayAsync(account, id, MessageRole.Owner, "Here is the new bag, sealed.", now.AddMinutes(-20), MessageStatus.Failed, m =>
        {
            m.AuthorName = "Ana Duarte";
            m.FailureCode = 131053;
            m.FailureReason = "The photo is too large. WhatsApp takes photos up to 5 MB. Nothing reached the customer: send a smaller copy.";
        });
    }

    private static async Task OthersAsync(DashboardSeed seed, Guid account, Guid bot, DateTimeOffset now)
    {
        (string Phone, string? Name, string Text, int MinutesAgo, Action<Conversation>? Change)[] people =
        [
            ("15550107719", null, "Is anybody there? The bot doesn’t know my machine", 26, c => (c.WaitingReason, c.WaitingSince) = ("gap", now.AddMinutes(-26))),
            ("15550103344", "Café Lumen", "we need twelve kilos by Tuesday", 11, c => (c.WaitingReason, c.WaitingSince) = ("outage", now.AddMinutes(-11))),
            ("4915550104455", "Jonas Weber", "Can someone call me about invoice 2207?", 4, null),
            ("34915550105566", "Tomás Rivera", "¿Hacen envíos a Valencia esta semana?", 32, null),
            ("971555010667", "ليلى حداد", "هل لديكم قهوة منزوعة الكافيين؟", 75, null),
            ("15550108899", "Hannah Cole", "STOP", 3000, c => (c.AiReplies, c.AiRepliesReason) = (false, "stop_word")),
            ("447555010990", "Samuel Osei", "Does it ship with both burr sets?", 1399, c => (c.AiReplies, c.AiRepliesReason) = (false, "phone")),
        ];
        foreach (var (phone, name, text, ago, change) in people)
        {
            var id = await seed.ConversationAsync(account, bot, phone, name, change);
            await seed.SayAsync(account, id, MessageRole.Customer, text, now.AddMinutes(-ago));
        }

        var aiko = await seed.ConversationAsync(account, bot, "819055501011", "Aiko Tanaka");
        await seed.SayAsync(account, aiko, MessageRole.Customer, "Is the decaf water processed?", now.AddMinutes(-236), change: m => m.Outcome = "answered");
        await seed.SayAsync(account, aiko, MessageRole.Assistant, "Yes: the decaf is Swiss-water processed.", now.AddMinutes(-235), MessageStatus.Read);
    }
}
