using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AiBotKit.Chatbots;
using AiBotKit.Knowledge.Language;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations.Leads;

/// <summary>Which leads are meant.</summary>
/// <param name="Words">Part of any of its values, folded; empty = all.</param>
internal sealed record LeadFilter(Guid AccountId, Guid? ChatbotId, string Words)
{
    public const int MaxWords = 200;

    public static LeadFilter Of(Guid accountId, Guid? chatbotId, string? words) => new(accountId, chatbotId, TextFolding.Fold((words ?? "").AsSpan(0, Math.Min(words?.Length ?? 0, MaxWords))));
}

/// <summary>Reads the leads of an account, the latest first.</summary>
internal sealed class ListLeads(ReadDb reads)
{
    /// <summary>Leads of a page.</summary>
    public const int PageSize = 10;

    /// <summary>Leads that an export has in memory at once.</summary>
    private const int Slice = 500;

    /// <summary>Whether the account has the chatbot that the filter names, be it deleted; true when it names none.</summary>
    public async Task<bool> KnowsAsync(LeadFilter filter, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return filter.ChatbotId is not { } chatbot || await db.Set<Chatbot>().IgnoreQueryFilters().AnyAsync(c => c.AccountId == filter.AccountId && c.Id == chatbot, cancellationToken);
    }

    /// <param name="page">1 is the first; beyond the last it is empty.</param>
    public async Task<LeadPage> RunAsync(LeadFilter filter, int page, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var query = Matching(db, filter);
        var total = await query.CountAsync(cancellationToken);
        var rows = await query.OrderByDescending(l => l.CreatedAt).ThenByDescending(l => l.Id).Skip((page - 1) * PageSize).Take(PageSize).ToListAsync(cancellationToken);
        var bots = await BotsAsync(db, filter.AccountId, cancellationToken);
        return new LeadPage([.. rows.Select(l => Item(l, bots))], page, Math.Max(1, (total + PageSize - 1) / PageSize), total);
    }

    /// <summary>The latest lead of a conversation, or of one that was merged into it; null when there is none.</summary>
    public async Task<LeadItem?> OfConversationAsync(Guid accountId, Guid conversationId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var family = await ConversationFamily.ReadAsync(db, accountId, conversationId, cancellationToken);
        var lead = await db.Set<Lead>().Where(l => l.AccountId == accountId && family.Contains(l.ConversationId)).OrderByDescending(l => l.CreatedAt).FirstOrDefaultAsync(cancellationToken);
        return lead is null ? null : Item(lead, await BotsAsync(db, accountId, cancellationToken));
    }

    /// <summary>All of them, a slice at a time on a read of its own: a long one would pin the write-ahead log.</summary>
    public async IAsyncEnumerable<LeadItem> AllAsync(LeadFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DateTimeOffset? last = null;
        var seen = new HashSet<Guid>();
        while (true)
        {
            List<LeadItem> slice;
            await using (var db = reads.Open())
            {
                var query = Matching(db, filter);
                if (last is { } until)
                {
                    query = query.Where(l => l.CreatedAt <= until);
                }

                var rows = await query.OrderByDescending(l => l.CreatedAt).ThenByDescending(l => l.Id).Take(Slice + seen.Count).ToListAsync(cancellationToken);
                var bots = await BotsAsync(db, filter.AccountId, cancellationToken);
                slice = [.. rows.Where(l => !seen.Contains(l.Id)).Select(l => Item(l, bots))];
            }

            foreach (var lead in slice)
            {
                yield return lead;
            }

            if (slice.Count == 0)
            {
                yield break;
            }

            // Those of the same instant come again and are left out; of all others none does.
            last = slice[^1].At;
            seen = [.. slice.Where(l => l.At == last).Select(l => l.Id).Concat(slice[0].At == last ? seen : [])];
        }
    }

    /// <summary>The owner's own questions of the forms that the filter may meet, in their order.</summary>
    public async Task<IReadOnlyList<string>> OwnLabelsAsync(LeadFilter filter, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var forms = await db.Set<LeadForm>().Where(f => f.AccountId == filter.AccountId && (filter.ChatbotId == null || f.ChatbotId == filter.ChatbotId)).ToListAsync(cancellationToken);
        return [.. forms.SelectMany(f => ReadLeadForm.Values(f).OwnFields).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private static IQueryable<Lead> Matching(AppDbContext db, LeadFilter filter)
    {
        var query = db.Set<Lead>().Where(l => l.AccountId == filter.AccountId);
        if (filter.ChatbotId is { } chatbot)
        {
            query = query.Where(l => l.ChatbotId == chatbot);
        }

        var words = filter.Words;
        return words.Length == 0 ? query : query.Where(l => l.Words.Contains(words));
    }

    private static async Task<Dictionary<Guid, Chatbot>> BotsAsync(AppDbContext db, Guid accountId, CancellationToken cancellationToken) =>
        // Also deleted ones: their leads stay.
        await db.Set<Chatbot>().IgnoreQueryFilters().Where(c => c.AccountId == accountId).ToDictionaryAsync(c => c.Id, cancellationToken);

    private static LeadItem Item(Lead lead, Dictionary<Guid, Chatbot> bots)
    {
        var bot = bots.GetValueOrDefault(lead.ChatbotId);
        var zone = bot is not null && TimeZoneInfo.TryFindSystemTimeZoneById(bot.TimeZone, out var own) ? own : TimeZoneInfo.Utc;
        var at = TimeZoneInfo.ConvertTime(lead.CreatedAt, zone);
        return new LeadItem(
            lead.Id, lead.ChatbotId, bot?.Name ?? "", lead.ConversationId, lead.Name, lead.Email, lead.Phone, JsonSerializer.Deserialize(lead.Own, LeadJson.Default.IReadOnlyListLeadAnswer) ?? [],
            lead.ConsentText is not null, lead.ConsentText, lead.ConsentAt, lead.CreatedAt, at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), at.ToString("HH:mm", CultureInfo.InvariantCulture), zone.Id, lead.CompletedAt is not null);
    }
}

/// <param name="Page">1 is the first.</param>
/// <param name="Pages">At least 1.</param>
internal sealed record LeadPage(IReadOnlyList<LeadItem> Items, int Page, int Pages, int Total);

/// <summary>One lead as the REST API shows it.</summary>
/// <param name="Own">Answers to the owner's own questions.</param>
/// <param name="Consent">The customer agreed to <paramref name="ConsentText"/>; false when no consent was asked for.</param>
/// <param name="Date">Day in the chatbot's time zone.</param>
/// <param name="Time">Hour and minute there.</param>
/// <param name="Complete">The talk about it is over; else questions are open.</param>
internal sealed record LeadItem(
    Guid Id, Guid ChatbotId, string Chatbot, Guid ConversationId, string? Name, string? Email, string? Phone, IReadOnlyList<LeadAnswer> Own, bool Consent, string? ConsentText,
    DateTimeOffset? ConsentAt, DateTimeOffset At, string Date, string Time, string TimeZone, bool Complete);
