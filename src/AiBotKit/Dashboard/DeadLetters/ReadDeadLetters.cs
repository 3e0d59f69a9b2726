using System.Text;
using System.Text.Json;
using AiBotKit.Dashboard.Inbox;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Dashboard.DeadLetters;

/// <summary>A dead letter in the list; <paramref name="Raw"/> is text to be shown, never interpreted.</summary>
public sealed record DeadLetterView(Guid Id, string Kind, string Reason, TimeView Time, bool Replayed, Guid? ConversationId, string Raw);

/// <summary>
/// Reads what could not be processed. Items that could be routed to nobody may hold anybody's message: they are shown to operators only, as over REST.
/// </summary>
internal sealed class ReadDeadLetters(ReadDb reads, TimeProvider time)
{
    private const int Newest = 200;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public async Task<IReadOnlyList<DeadLetterView>> RunAsync(Guid accountId, bool isOperator, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var found = await ListDeadLetters.Of(db, accountId, isOperator).OrderByDescending(d => d.CreatedAt).ThenByDescending(d => d.Id).Take(Newest).ToListAsync(cancellationToken);
        var now = time.GetUtcNow();
        return [.. found.Select(d => new DeadLetterView(d.Id, KindWords(d.Kind), d.Reason, TimeWords.InList(d.CreatedAt, now, zone), d.ReplayedAt is not null, d.ConversationId, Pretty(d.Raw)))];
    }

    /// <summary>Those that nobody has replayed yet.</summary>
    public async Task<int> CountAsync(Guid accountId, bool isOperator, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await ListDeadLetters.Of(db, accountId, isOperator).CountAsync(d => d.ReplayedAt == null, cancellationToken);
    }

    private static string KindWords(string kind) => kind switch
    {
        "webhook_item" => "Message from WhatsApp",
        "webhook_body" => "Call from WhatsApp",
        "turn" => "Answer",
        _ => kind.Replace('_', ' '),
    };

    private static string Pretty(byte[]? raw)
    {
        if (raw is null || raw.Length == 0)
        {
            return "Nothing was kept.";
        }

        try
        {
            using var document = JsonDocument.Parse(raw);
            return JsonSerializer.Serialize(document.RootElement, Indented);
        }
        catch (JsonException)
        {
            return Encoding.UTF8.GetString(raw);
        }
    }
}
