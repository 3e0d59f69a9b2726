using System.Collections.Concurrent;
using AiBotKit.Assistant;
using AiBotKit.Conversations.Leads;
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

    private readonly ConcurrentDictionary<Guid, SummaryItem> _kept = [];
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 16).Select(_ => new SemaphoreSlim(1))];

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

        var id = talk.Conversation.Id;
        if (!anew && Find(talk) is { } kept)
        {
            return kept;
        }

        // Two who come at once are served by one call of the model.
        var began = time.GetUtcNow();
        var gate = _gates[(uint)id.GetHashCode() % _gates.Length];
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (Find(talk) is { } made && (!anew || made.MadeAt > began))
            {
                return made;
            }

            var summary = await MakeAsync(talk, accountId, cancellationToken);
            _kept[id] = summary;
            Forget();
            return summary;
        }
        finally
        {
            gate.Release();
        }
    }

    private SummaryItem? Find(Talk talk) =>
        _kept.TryGetValue(talk.Conversation.Id, out var kept) && kept.Version == talk.Conversation.Version && time.GetUtcNow() - kept.MadeAt < Longest ? kept : null;

    private async Task<SummaryItem> MakeAsync(Talk talk, Guid accountId, CancellationToken cancellationToken)
    {
        IReadOnlyList<HistoryLine> said = [.. talk.Lines.Select(l => Speakers.Line(l.Role, l.Text))];
        if (await model.RunAsync(accountId, said, cancellationToken) is { } lines)
        {
            return new SummaryItem(lines, ByModel: true, talk.Conversation.Version, time.GetUtcNow());
        }

        var (asked, unanswered) = SummaryRules.Asked(talk.Lines);
        var lead = await leads.OfConversationAsync(accountId, talk.Conversation.Id, cancellationToken);
        var facts = new SummaryFacts(Who(talk.Conversation), SummaryRules.Date(talk.Since, talk.TimeZone), asked, unanswered, SummaryRules.Why(talk.Events, talk.Conversation.WaitingReason), Details(lead));
        return new SummaryItem(SummaryRules.Lines(facts), ByModel: false, talk.Conversation.Version, time.GetUtcNow());
    }

    private static string Who(Conversation conversation)
    {
        var number = LeadFieldRules.KnownPhone(conversation.Address) ?? conversation.Address;
        return string.IsNullOrWhiteSpace(conversation.ContactName) ? number : $"{conversation.ContactName} ({number})";
    }

    private static List<(string Label, string Value)> Details(LeadItem? lead) => lead is null
        ? []
        : [.. new[] { ("name", lead.Name), ("e-mail", lead.Email), ("phone", lead.Phone) }.Concat(lead.Own.Select(own => (own.Label, (string?)own.Value))).Where(d => !string.IsNullOrWhiteSpace(d.Item2)).Select(d => (d.Item1, d.Item2!))];

    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var (id, _) in _kept.Where(k => now - k.Value.MadeAt >= Longest).Concat(_kept.OrderByDescending(k => k.Value.MadeAt).Skip(Most)).ToList())
        {
            _kept.TryRemove(id, out _);
        }
    }
}
