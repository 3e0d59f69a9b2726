using AiBotKit.Durability;
using AiBotKit.Durability.Audit;

namespace AiBotKit.Tests.Browser;

/// <summary>What screens find hard: very long names and words, two directions of writing in one line, and many of everything.</summary>
internal static class HardToShow
{
    private const string Word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

    /// <returns>The conversation with the hard texts in it.</returns>
    public static async Task<Guid> AddAsync(DashboardSeed seed, Guid account)
    {
        var bot = await seed.ChatbotAsync(account, $"{Word} مساعد المتجر", "15550100400", connection => connection.BrokenReason = $"The provider refuses the key of {Word}{Word}. Give a new one.");
        for (var i = 0; i < 120; i++)
        {
            var one = await seed.ConversationAsync(account, bot, $"1555033{i:0000}", i % 3 == 0 ? $"Customer {Word} {i}" : null, c => c.LastMessageAt = seed.Now.AddDays(-2).AddMinutes(-i));
            await seed.SayAsync(account, one, MessageRole.Customer, $"{Word} {i}", seed.Now.AddDays(-2).AddMinutes(-i));
        }

        var hard = await seed.ConversationAsync(account, bot, "15550330999", $"{Word} ليلى {Word}");
        foreach (var text in new[] { Word + Word + Word, "مرحبا hello مرحبا " + Word, "https://example.com/" + new string('a', 300), "👩‍👩‍👧‍👦👩‍👩‍👧‍👦 " + string.Join('\n', Enumerable.Range(0, 12)) })
        {
            await seed.SayAsync(account, hard, MessageRole.Customer, text, seed.Now);
            await seed.SayAsync(account, hard, MessageRole.Owner, text, seed.Now, MessageStatus.Failed, m => (m.AuthorName, m.FailureReason) = (Word + " ليلى", Word + Word));
        }

        await seed.DeadLetterAsync(account, "webhook_item", Word + Word + Word, "{\"" + Word + "\":\"" + new string('x', 400) + "\"}");
        await AuditAsync(seed, account, hard);
        return hard;
    }

    private static async Task AuditAsync(DashboardSeed seed, Guid account, Guid conversation)
    {
        var ana = new Actor(ActorKind.Person, Guid.NewGuid(), "Ana Duarte", "203.0.113.9");
        var stranger = new Actor(ActorKind.Person, null, null, "2001:db8:1111:2222:3333:4444:5555:6666");
        var key = new Actor(ActorKind.ApiKey, null, null, "198.51.100.4");
        AuditNote[] notes =
        [
            new(account, ana, AuditActs.AiRepliesOff, "conversation", conversation.ToString()),
            new(account, ana, AuditActs.SignedIn),
            new(account, stranger, AuditActs.SignInFailed, Detail: "Unknown e-mail. More of this hour are not listed."),
            new(account, ana with { Name = Word }, AuditActs.SignInFailed, Detail: "Wrong password."),
            new(account, key, AuditActs.BackupDownloaded, "backup", "20261124T221010123Z.db"),
            new(account, key, AuditActs.BackupMade, "backup", "20261124T221010123Z.db"),
            new(account, ana with { Name = Word + " ليلى" }, AuditActs.KnowledgeRemoved, "document", "id", Word + " ساعات العمل"),
            new(account, stranger with { Kind = ActorKind.ApiKey }, AuditActs.ApiKeyRefused, "route", "GET /api/" + Word + Word),
            new(account, Actor.System, AuditActs.SecretChanged, "setting", "WhatsApp:CallbackSecret", "changed"),
            new(account, Actor.System, AuditActs.Reseeded, "connection", "id", "+15550100200"),
            new(account, Actor.System, AuditActs.ConnectionDisconnected, "connection", "id", "The account was deleted at WhatsApp. Connect the number again."),
            new(account, ana, AuditActs.DeadLetterReplayed, "dead_letter", "id"),
        ];
        for (var i = 0; i < 60; i++)
        {
            await seed.AuditAsync(notes[i % notes.Length], i * 47);
        }
    }
}
