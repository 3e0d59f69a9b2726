using System.Collections.Concurrent;
using AiBotKit.Assistant;
using AiBotKit.Conversations.Leads;
using AiBotKit.Durability;
using AiBotKit.Storage;

namespace AiBotKit.Conversations.Drafts;

/// <summary>What a conversation is about.</summary>
/// <param name="Lines">2 to 4 short lines, one without any question. Data, never markup.</param>
/// <param name="ByModel">Written by the model from the messages; else put together by rules.</param>
/// <param name="Version">Of the conversation that it is about.</param>
internal sealed record SummaryItem(IReadOnlyList<string> Lines, bool ByModel, long Version, DateTimeOffset MadeAt);

/// <summary>
/// Says what a conversation is about for whoever takes it over; customers never see it. It is no answer and costs no AI message. Kept in memory while the conversation
/// stays as it is.
/// </summary>
internal sealed class SummarizeConversation(ReadDb reads, SummarizeTalk model, ListLeads leads, TimeProvider time)
{
    private const int Most = 500;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<Guid, Kept> _kept = [];

    /// <param name="anew">Whatever is kept.</param>
    /// <returns>Null when the account has no such conversation.</returns>
    public async Task<SummaryItem?> RunAsync(Guid accountId, Guid conversationId, bool anew, CancellationToken cancellationToken)
    {
        Talk? talk;
        await using (var db = reads.Open())
        {
            talk = await ReadTalk.RunAsync(db, accountId, conversationId, cancellationToken);
        }

        if (talk is null)
        {
            _kept.TryRemove(conversationId, out _);
            return null;
        }

        var now = time.GetUtcNow();
        var (id, version) = (talk.Conversation.Id, talk.Conversation.Version);
        // Whoever comes while one is being made waits for the same one: it goes on when the first has left.
        var kept = _kept.AddOrUpdate(id, _ => New(), (_, old) => anew || old.Version != version || now - old.At >= Longest ? New() : old);
        try
        {
            return await kept.Summary.Value.WaitAsync(cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            _kept.TryRemove(new KeyValuePair<Guid, Kept>(id, kept));
            throw;
        }
        finally
        {
            Forget(now);
        }

        Kept New() => new(version, now, new Lazy<Task<SummaryItem>>(() => MakeAsync(talk, accountId)));
    }

    private async Task<SummaryItem> MakeAsync(Talk talk, Guid accountId)
    {
        IReadOnlyList<HistoryLine> said = [.. talk.Lines.Select(l => new HistoryLine(l.Role switch { MessageRole.Customer => Speaker.Customer, MessageRole.Owner => Speaker.Owner, _ => Speaker.Assistant }, l.Text))];
        if (await model.RunAsync(accountId, said, CancellationToken.None) is { } lines)
        {
            return new SummaryItem(lines, ByModel: true, talk.Conversation.Version, time.GetUtcNow());
        }

        var (asked, unanswered) = SummaryRules.Asked(talk.Lines);
        var lead = await leads.OfConversationAsync(accountId, talk.Conversation.Id, CancellationToken.None);
        var facts = new SummaryFacts(Who(talk.Conversation), SummaryRules.Date(talk.Since, talk.TimeZone), asked, unanswered, SummaryRules.Why(talk.Events, talk.Conversation.WaitingReason), Details(lead));
        return new SummaryItem(SummaryRules.Lines(facts), ByModel: false, talk.Conversation.Version, time.GetUtcNow());
    }

    private static string Who(Conversation conversation)
    {
        var number = conversation.Address is { Length: >= 7 and <= 15 } digits && digits.All(char.IsAsciiDigit) ? "+" + digits : conversation.Address;
        return string.IsNullOrWhiteSpace(conversation.ContactName) ? number : $"{conversation.ContactName} ({number})";
    }

    private static List<(string Label, string Value)> Details(LeadItem? lead) => lead is null
        ? []
        : [.. new[] { ("name", lead.Name), ("e-mail", lead.Email), ("phone", lead.Phone) }.Concat(lead.Own.Select(own => (own.Label, (string?)own.Value))).Where(d => !string.IsNullOrWhiteSpace(d.Item2)).Select(d => (d.Item1, d.Item2!))];

    private void Forget(DateTimeOffset now)
    {
        foreach (var (id, kept) in _kept.Where(k => now - k.Value.At >= Longest).Concat(_kept.OrderByDescending(k => k.Value.At).Skip(Most)).ToList())
        {
            _kept.TryRemove(new KeyValuePair<Guid, Kept>(id, kept));
        }
    }

    private sealed record Kept(long Version, DateTimeOffset At, Lazy<Task<SummaryItem>> Summary);
}
