using System.Text.Json;
using AiBotKit.Chatbots;
using AiBotKit.Conversations.Leads;
using AiBotKit.Conversations.Media;
using AiBotKit.Conversations.Team;
using AiBotKit.Durability;
using AiBotKit.Knowledge;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Contacts;

/// <summary>Everything that is stored of a person, as JSON (S-P6), written as it is read: a page of messages at a time, whatever their number.</summary>
internal sealed class ExportContact(ReadDb reads, ReadContact read, TimeProvider time)
{
    private const int PageOf = 500;

    /// <summary>False when the account has no such contact; nothing is written then.</summary>
    public async Task<bool> ExistsAsync(Guid accountId, Guid id, CancellationToken cancellationToken) => await read.RunAsync(accountId, id, cancellationToken) is not null;

    public async Task WriteAsync(Guid accountId, Guid id, Stream output, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        if (await read.RunAsync(accountId, id, cancellationToken) is not { } contact || await ContactFamily.ReadAsync(db, accountId, id, cancellationToken) is not { } family)
        {
            return;
        }

        var bots = await db.Set<Chatbot>().IgnoreQueryFilters().Where(b => b.AccountId == accountId).ToDictionaryAsync(b => b.Id, b => b.Name, cancellationToken);
        await using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("exportedAt", time.GetUtcNow());
        json.WriteStartObject("contact");
        json.WriteString("id", contact.Id);
        json.WriteString("name", contact.Name);
        json.WriteString("profileName", contact.ProfileName);
        json.WriteString("firstSeen", contact.FirstSeen);
        json.WriteStartArray("names");
        foreach (var name in contact.Names)
        {
            json.WriteStringValue(name.Name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("conversations");
        foreach (var conversation in family.Conversations)
        {
            json.WriteStartObject();
            Write(json, conversation, bots.GetValueOrDefault(conversation.ChatbotId));
            await MessagesAsync(json, db, accountId, conversation.Id, cancellationToken);
            await TurnsAsync(json, db, accountId, conversation.Id, cancellationToken);
            await TeamAsync(json, db, accountId, conversation.Id, cancellationToken);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        var ids = family.Ids;
        json.WriteStartArray("unansweredQuestions");
        await foreach (var gap in db.Set<Gap>().Where(g => g.AccountId == accountId && g.ConversationId != null && ids.Contains(g.ConversationId.Value)).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            json.WriteStringValue(gap.Question);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
    }

    private static void Write(Utf8JsonWriter json, Conversation conversation, string? chatbot)
    {
        json.WriteString("id", conversation.Id);
        json.WriteString("chatbot", chatbot);
        json.WriteString("channel", conversation.Channel);
        json.WriteString("sessionId", conversation.SessionId);
        json.WriteString("address", conversation.Address);
        json.WriteString("createdAt", conversation.CreatedAt);
        Time(json, "lastInboundAt", conversation.LastInboundAt);
        json.WriteBoolean("aiReplies", conversation.AiReplies);
        json.WriteString("aiRepliesReason", conversation.AiRepliesReason);
        json.WriteString("mergedInto", conversation.MergedIntoId?.ToString());
    }

    private static async Task MessagesAsync(Utf8JsonWriter json, AppDbContext db, Guid accountId, Guid conversation, CancellationToken cancellationToken)
    {
        json.WriteStartArray("messages");
        var after = 0L;
        List<Message> page;
        do
        {
            page = await db.Set<Message>().Where(m => m.AccountId == accountId && m.ConversationId == conversation && m.Seq > after).OrderBy(m => m.Seq).Take(PageOf).ToListAsync(cancellationToken);
            var (ids, seqs) = (page.ConvertAll(m => m.Id), page.ConvertAll(m => m.Seq));
            var media = await db.Set<MediaFile>().Where(m => m.AccountId == accountId && ids.Contains(m.MessageId)).ToDictionaryAsync(m => m.MessageId, cancellationToken);
            var raw = await db.Set<Message>().Where(m => m.AccountId == accountId && seqs.Contains(m.Seq)).Join(db.Set<RawItem>(), m => m.Seq, r => r.MessageSeq, (m, r) => r).ToDictionaryAsync(r => r.MessageSeq, cancellationToken);
            foreach (var message in page)
            {
                Write(json, message, media.GetValueOrDefault(message.Id), raw.GetValueOrDefault(message.Seq)?.Json);
                after = message.Seq;
            }

            await json.FlushAsync(cancellationToken);
        }
        while (page.Count == PageOf);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Message message, MediaFile? media, byte[]? raw)
    {
        json.WriteStartObject();
        json.WriteString("id", message.Id);
        json.WriteString("role", ReadMessages.Word(message.Role));
        json.WriteString("type", message.Type);
        json.WriteString("text", message.Text);
        Raw(json, "content", message.Content);
        json.WriteString("at", message.At);
        json.WriteString("storedAt", message.CreatedAt);
        json.WriteString("status", message.Status.ToString().ToLowerInvariant());
        json.WriteString("outcome", message.Outcome);
        json.WriteString("failure", message.FailureReason);
        json.WriteString("providerMessageId", message.ProviderMessageId);
        json.WriteString("replyTo", message.ReplyTo);
        json.WriteString("author", message.AuthorName);
        json.WriteString("turn", message.TurnId?.ToString());
        Raw(json, "citations", message.Citations);
        Time(json, "editedAt", message.EditedAt);
        Time(json, "takenBackAt", message.RevokedAt);
        if (media is not null)
        {
            json.WriteStartObject("media");
            json.WriteString("kind", media.Family);
            json.WriteString("fileName", media.FileName);
            json.WriteString("contentType", media.ContentType);
            json.WriteString("state", media.State.ToString().ToLowerInvariant());
            if (media.Size is { } size)
            {
                json.WriteNumber("size", size);
            }

            if (media.Transcript is { } transcript)
            {
                json.WriteString("transcript", transcript);
            }

            json.WriteString("link", $"/api/media/{media.Id}");
            json.WriteEndObject();
        }

        if (raw is not null)
        {
            json.WriteString("asReceived", System.Text.Encoding.UTF8.GetString(raw));
        }

        json.WriteEndObject();
    }

    private static async Task TurnsAsync(Utf8JsonWriter json, AppDbContext db, Guid accountId, Guid conversation, CancellationToken cancellationToken)
    {
        json.WriteStartArray("turns");
        await foreach (var turn in db.Set<Turn>().Where(t => t.AccountId == accountId && t.ConversationId == conversation).OrderBy(t => t.StartedAt).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            json.WriteStartObject();
            json.WriteString("id", turn.Id);
            json.WriteString("startedAt", turn.StartedAt);
            json.WriteString("endedAt", turn.EndedAt);
            json.WriteString("result", turn.Result);
            json.WriteString("kind", turn.AnswerKind);
            json.WriteString("answer", turn.Draft);
            Raw(json, "trace", turn.Trace);
            json.WriteEndObject();
            await json.FlushAsync(cancellationToken);
        }

        json.WriteEndArray();
    }

    /// <summary>What the lead form, held replies and the team's labels hold of the person.</summary>
    private static async Task TeamAsync(Utf8JsonWriter json, AppDbContext db, Guid accountId, Guid conversation, CancellationToken cancellationToken)
    {
        json.WriteStartArray("leads");
        await foreach (var lead in db.Set<Lead>().Where(l => l.AccountId == accountId && l.ConversationId == conversation).OrderBy(l => l.CreatedAt).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            json.WriteStartObject();
            json.WriteString("createdAt", lead.CreatedAt);
            json.WriteString("name", lead.Name);
            json.WriteString("email", lead.Email);
            json.WriteString("phone", lead.Phone);
            Raw(json, "answers", lead.Own);
            json.WriteString("consentText", lead.ConsentText);
            Time(json, "consentAt", lead.ConsentAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("heldReplies");
        await foreach (var held in db.Set<HeldReply>().Where(h => h.AccountId == accountId && h.ConversationId == conversation).OrderBy(h => h.CreatedAt).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            json.WriteStartObject();
            json.WriteString("createdAt", held.CreatedAt);
            json.WriteString("text", held.Text);
            json.WriteString("author", held.AuthorName);
            json.WriteString("state", held.State.ToString().ToLowerInvariant());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("labels");
        foreach (var label in (await ListLabels.OfAsync(db, accountId, [conversation], cancellationToken))[conversation])
        {
            json.WriteStringValue(label);
        }

        json.WriteEndArray();
    }

    private static void Time(Utf8JsonWriter json, string name, DateTimeOffset? at)
    {
        if (at is { } time)
        {
            json.WriteString(name, time);
        }
    }

    /// <summary>What is stored as JSON stays JSON.</summary>
    private static void Raw(Utf8JsonWriter json, string name, string? stored)
    {
        if (stored is null)
        {
            return;
        }

        json.WritePropertyName(name);
        try
        {
            json.WriteRawValue(stored);
        }
        catch (JsonException)
        {
            json.WriteStringValue(stored);
        }
    }
}
