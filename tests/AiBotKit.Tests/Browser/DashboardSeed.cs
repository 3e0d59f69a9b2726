using System.Text.Json;
using AiBotKit.Accounts;
using AiBotKit.Assistant;
using AiBotKit.Channels;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Knowledge;
using AiBotKit.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace AiBotKit.Tests.Browser;

/// <summary>Puts things into the store the way the product does (through the writer, announced after the commit), so that screens have something to show.</summary>
internal sealed class DashboardSeed(IServiceProvider services)
{
    private readonly IDataWriter _writer = services.GetRequiredService<IDataWriter>();
    private readonly CommitSignals _signals = services.GetRequiredService<CommitSignals>();
    private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();
    private int _provider;

    public DateTimeOffset Now => _time.GetUtcNow();

    public async Task<(Guid AccountId, Guid ChatbotId)> AccountAsync(string chatbot, string number = "15550100200")
    {
        var (account, bot, connection) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await _writer.SaveAsync(db =>
        {
            db.Add(new Account { Id = account, Name = "Tidewick Coffee", CreatedAt = Now });
            AddChatbot(db, account, bot, connection, chatbot, number);
        });
        return (account, bot);
    }

    /// <summary>The account's first chatbot, which is taught a few things on the way.</summary>
    public async Task<Guid> FirstChatbotAsync(Guid account)
    {
        Guid bot;
        await using (var db = services.GetRequiredService<ReadDb>().Open())
        {
            bot = db.Set<Chatbot>().Where(c => c.AccountId == account).OrderBy(c => c.CreatedAt).Select(c => c.Id).First();
        }

        var store = services.GetRequiredService<StoreDocument>();
        await store.RunAsync(NewDocument.Text(account, bot, "Grind guide", "# Stovetop and moka\n\nMoka pots want a medium-fine grind, finer than filter but coarser than espresso.\n\n# Filter\n\nFilter coffee wants a medium grind."), default);
        await store.RunAsync(NewDocument.Text(account, bot, "delivery-terms-of-the-whole-of-europe-2026.html", "<h1>Delivery</h1><p>Parcels leave every working day at four.</p>", "html"), default);
        await store.RunAsync(NewDocument.Question(account, bot, "Do you sell gift cards?", "Yes, from 10 to 200 euro, by e-mail."), default);
        foreach (var (question, hours) in new[] { ("Do you deliver to the Canary Islands?", 3), ("do you deliver to the canary islands", 1), ("Can you wrap it as a gift?", 48) })
        {
            await _writer.SaveAsync(db => RecordGap.Record(db, account, bot, null, question, ["Delivery"], 0.31, Now.AddHours(-hours)));
        }

        return bot;
    }

    public async Task<Guid> ChatbotAsync(Guid account, string name, string number, Action<Connection>? change = null)
    {
        var (bot, connection) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await _writer.SaveAsync(db => AddChatbot(db, account, bot, connection, name, number, change));
        return bot;
    }

    private void AddChatbot(AppDbContext db, Guid account, Guid bot, Guid connection, string name, string number, Action<Connection>? change = null)
    {
        db.Add(new Chatbot { Id = bot, AccountId = account, Name = name, CreatedAt = Now });
        var row = new Connection
        {
            Id = connection,
            AccountId = account,
            ChatbotId = bot,
            Channel = "whatsapp",
            Provider = "Pinnacle",
            BaseUrl = "http://127.0.0.1:9",
            WabaId = "waba-" + number,
            PhoneNumberId = "id-" + number,
            DisplayPhoneNumber = "+" + number,
            LastWebhookAt = Now.AddSeconds(-12),
            LastSendAt = Now.AddSeconds(-9),
            CreatedAt = Now,
        };
        change?.Invoke(row);
        db.Add(row);
    }

    public async Task<Guid> ConversationAsync(Guid account, Guid chatbot, string phone, string? name, Action<Conversation>? change = null)
    {
        var conversation = new Conversation
        {
            Id = Guid.CreateVersion7(),
            AccountId = account,
            ChatbotId = chatbot,
            Channel = "whatsapp",
            SessionId = "wa_" + phone,
            Partition = 1,
            Address = phone,
            ContactName = name,
            LastMessageAt = Now,
            CreatedAt = Now,
        };
        await _writer.SaveAsync(db =>
        {
            conversation.ConnectionId = db.Set<Connection>().Where(c => c.ChatbotId == chatbot).Select(c => (Guid?)c.Id).FirstOrDefault();
            change?.Invoke(conversation);
            db.Add(conversation);
        });
        _signals.SignalChanged(account, conversation.Id, 0);
        return conversation.Id;
    }

    /// <summary>Stores a message, brings the conversation's summary up to date, and announces it.</summary>
    public async Task<string> SayAsync(Guid account, Guid conversation, MessageRole role, string text, DateTimeOffset at, MessageStatus status = MessageStatus.Received, Action<MessageDraft>? change = null)
    {
        var draft = new MessageDraft { ProviderMessageId = "wamid." + Interlocked.Increment(ref _provider) };
        change?.Invoke(draft);
        var version = await _writer.SaveAsync(db =>
        {
            db.Add(new Message
            {
                Id = Guid.CreateVersion7(),
                AccountId = account,
                ConversationId = conversation,
                Role = role,
                Type = draft.Type,
                Text = text,
                Content = draft.Content,
                ProviderMessageId = draft.ProviderMessageId,
                ReplyTo = draft.ReplyTo,
                At = at,
                CreatedAt = at,
                Status = status,
                Outcome = draft.Outcome,
                TurnId = draft.TurnId,
                StartsTurn = role == MessageRole.Customer,
                FailureCode = draft.FailureCode,
                FailureReason = draft.FailureReason,
                PossibleDuplicate = draft.PossibleDuplicate,
                AuthorName = draft.AuthorName,
                Citations = draft.Citations,
                EditedAt = draft.EditedAt,
                RevokedAt = draft.RevokedAt,
            });
            var row = db.Set<Conversation>().Single(c => c.Id == conversation);
            if (role != MessageRole.Event)
            {
                row.LastMessageAt = at;
                row.LastMessagePreview = text;
                row.LastMessageRole = role;
                row.FailedAt = status == MessageStatus.Failed ? at : null;
            }

            if (role == MessageRole.Customer)
            {
                row.LastInboundAt = at;
                row.Unread++;
            }

            return ++row.Version;
        });
        _signals.SignalChanged(account, conversation, version);
        return draft.ProviderMessageId!;
    }

    public async Task<Guid> TurnAsync(Guid account, Guid conversation, string kind, string draft, AnswerTrace trace)
    {
        var id = Guid.CreateVersion7();
        await _writer.SaveAsync(db => db.Add(new Turn
        {
            Id = id,
            AccountId = account,
            ConversationId = conversation,
            StartedAt = Now,
            EndedAt = Now,
            Result = "committed",
            AnswerKind = kind,
            Draft = draft,
            Trace = JsonSerializer.Serialize(trace, JsonSerializerOptions.Web),
        }));
        return id;
    }

    /// <summary>A draft of the AI that a person overtook.</summary>
    public Task SuggestionAsync(Guid account, Guid conversation, string draft) => _writer.SaveAsync(db => db.Add(new Turn
    {
        Id = Guid.CreateVersion7(),
        AccountId = account,
        ConversationId = conversation,
        StartedAt = Now,
        EndedAt = Now,
        Result = "suggestion",
        AnswerKind = "model",
        Draft = draft,
        Trace = "{}",
    }));

    public async Task DeadLetterAsync(Guid account, string kind, string reason, string raw, Guid? conversation = null)
    {
        await _writer.SaveAsync(db => db.Add(new DeadLetter
        {
            Id = Guid.CreateVersion7(),
            AccountId = account,
            ConversationId = conversation,
            Kind = kind,
            Reason = reason,
            Raw = System.Text.Encoding.UTF8.GetBytes(raw),
            CreatedAt = Now,
        }));
        services.GetRequiredService<CommitSignals>().SignalDeadLetter();
    }

    /// <summary>Adds a line to the audit trail, so many minutes ago.</summary>
    public Task AuditAsync(AuditNote note, int minutesAgo = 0) => _writer.SaveAsync(db => AuditTrail.Append(db, note, Now.AddMinutes(-minutesAgo)));

    /// <summary>The optional parts of a seeded message.</summary>
    internal sealed class MessageDraft
    {
        public string Type { get; set; } = "text";

        public string? Content { get; set; }

        public string? ProviderMessageId { get; set; }

        public string? ReplyTo { get; set; }

        public string? Outcome { get; set; }

        public Guid? TurnId { get; set; }

        public int? FailureCode { get; set; }

        public string? FailureReason { get; set; }

        public bool PossibleDuplicate { get; set; }

        public string? AuthorName { get; set; }

        public string? Citations { get; set; }

        public DateTimeOffset? EditedAt { get; set; }

        public DateTimeOffset? RevokedAt { get; set; }
    }
}
