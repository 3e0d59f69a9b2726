using AiBotKit.Accounts;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Chatbots;

/// <summary>Creates configured chatbots that the first account does not have; <c>Reseed</c> overwrites an existing one once per configuration.</summary>
internal sealed class SeedChatbots(ChatbotsOptions options, FirstAccount account, IDataWriter writer, TimeProvider time) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var wanted in options.Items)
        {
            var at = now;
            await writer.SaveAsync(db => { Seed(db, wanted, account.Id, at); });
            // The first chatbot of an account is the oldest: the order of the configuration has to show in the times.
            now = now.AddMilliseconds(1);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void Seed(AppDbContext db, ConfiguredChatbot wanted, Guid accountId, DateTimeOffset now)
    {
        // The owner may have renamed or deleted it since; it is not made a second time.
        var chatbot = db.Set<Chatbot>().IgnoreQueryFilters().FirstOrDefault(c => c.AccountId == accountId && (c.ConfiguredName == wanted.Name || (c.ConfiguredName == null && c.Name == wanted.Name && c.DeletedAt == null)));
        if (chatbot?.DeletedAt is not null)
        {
            return;
        }

        var isNew = chatbot is null;
        if (chatbot is null)
        {
            chatbot = new Chatbot { Id = Guid.CreateVersion7(now), AccountId = accountId, Name = wanted.Name, ConfiguredName = wanted.Name, CreatedAt = now };
            db.Add(chatbot);
        }

        if (SeedMark.MustWrite(db, $"seed.chatbot.{wanted.Name}", isNew, wanted.Reseed, wanted.ToString()))
        {
            chatbot.Instructions = wanted.Instructions ?? "";
            chatbot.FallbackMessage = wanted.FallbackMessage ?? Chatbot.DefaultFallbackMessage;
            chatbot.Disclosure = wanted.Disclosure ?? Chatbot.DefaultDisclosure;
            chatbot.AnswerScope = wanted.AnswerScope;
            AuditTrail.Append(db, new AuditNote(accountId, Actor.System, isNew ? AuditActs.Seeded : AuditActs.Reseeded, "chatbot", chatbot.Id.ToString(), wanted.Name), now);
        }
    }
}
