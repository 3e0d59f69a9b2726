using AiBotKit.Durability;

namespace AiBotKit.Tests.Faults;

/// <summary>A stored customer message: its provider id, what became of it, and the turn that answered it.</summary>
internal sealed record StoredMessage(string ProviderId, string? Outcome, string? Turn = null, bool Switched = false);

/// <summary>A row of the outbox, in the order of its conversation.</summary>
/// <param name="Costs">Part of an answer that is an AI message.</param>
/// <param name="Counted">Carries the AI message that the answer took.</param>
internal sealed record StoredSend(string Key, string Conversation, long Seq, string? Turn, OutboxState State, bool Marked, SendAuthor Author = SendAuthor.Assistant, bool Costs = false, bool Counted = false);

/// <summary>A send the provider accepted: our key, and when it came.</summary>
internal sealed record AcceptedSend(string Key, DateTimeOffset At);

/// <summary>AI replies of one conversation were off from the answered switch until the next switch was asked for.</summary>
internal sealed record OffTime(string Conversation, DateTimeOffset From, DateTimeOffset Until);

/// <summary>All there is to know at the end.</summary>
internal sealed record KillEvidence(
    IReadOnlyCollection<string> Written, IReadOnlyList<StoredMessage> Stored, IReadOnlyList<StoredSend> Outbox, IReadOnlyList<AcceptedSend> Accepted, IReadOnlyList<OffTime> Off, long AiMessages = 0);

/// <summary>What must hold after the kills, whatever their points (I1, I2, I4, I5, I8).</summary>
internal static class KillHistory
{
    public static IReadOnlyList<string> Faults(KillEvidence seen) =>
        [.. Losses(seen), .. Repeats(seen), .. Inversions(seen), .. SendsWhileOff(seen), .. Miscounts(seen)];

    private static IEnumerable<string> Losses(KillEvidence seen)
    {
        var byId = seen.Stored.ToLookup(static one => one.ProviderId);
        var accepted = seen.Accepted.Select(static one => one.Key).ToHashSet();
        var turns = seen.Outbox.Where(static row => row.Turn is not null).ToLookup(static row => row.Turn!);
        foreach (var id in seen.Written.Where(id => !byId[id].Any()))
        {
            yield return $"lost: {id}";
        }

        foreach (var same in byId.Where(static same => same.Count() > 1))
        {
            yield return $"stored {same.Count()} times: {same.Key}";
        }

        foreach (var message in seen.Stored)
        {
            var replies = message.Turn is { } turn ? turns[turn].ToList() : [];
            if (message.Outcome == "answered")
            {
                if (replies.Count == 0 || replies.Exists(row => row.State != OutboxState.Accepted || !accepted.Contains(row.Key)))
                {
                    yield return $"answered, but the provider did not take the answer: {message.ProviderId}";
                }
            }
            else if (message.Outcome is null or "dead_letter" || !(message.Switched || (message.Outcome == "unconfirmed" && replies.Exists(static row => row.Marked))))
            {
                yield return $"outcome {message.Outcome ?? "none"}: {message.ProviderId}";
            }
        }
    }

    private static IEnumerable<string> Repeats(KillEvidence seen)
    {
        var marked = seen.Outbox.Where(static row => row.Marked).Select(static row => row.Key).ToHashSet();
        return seen.Accepted.GroupBy(static one => one.Key).Where(same => same.Count() > 1 && !marked.Contains(same.Key)).Select(static same => $"sent {same.Count()} times without a mark: {same.Key}");
    }

    /// <summary>A marked row was resent after the wait for its status, and later rows do not wait that long: it has no place in the order.</summary>
    private static IEnumerable<string> Inversions(KillEvidence seen)
    {
        var first = seen.Accepted.GroupBy(static one => one.Key).ToDictionary(static same => same.Key, static same => same.Min(static one => one.At));
        foreach (var conversation in seen.Outbox.Where(row => !row.Marked && first.ContainsKey(row.Key)).GroupBy(static row => row.Conversation))
        {
            var rows = conversation.OrderBy(static row => row.Seq).ToList();
            for (var i = 1; i < rows.Count; i++)
            {
                if (first[rows[i].Key] < first[rows[i - 1].Key])
                {
                    yield return $"out of order: {rows[i].Key} left before {rows[i - 1].Key}";
                }
            }
        }
    }

    private static IEnumerable<string> SendsWhileOff(KillEvidence seen)
    {
        var rows = seen.Outbox.Where(static row => row.Author == SendAuthor.Assistant).ToDictionary(static row => row.Key);
        foreach (var send in seen.Accepted)
        {
            if (rows.TryGetValue(send.Key, out var row) && seen.Off.Any(off => off.Conversation == row.Conversation && send.At > off.From && send.At < off.Until))
            {
                yield return $"an AI send began after the answered AI-off: {send.Key}";
            }
        }
    }

    /// <summary>Reply and AI message are of one commit: an answer of which anything was taken is one, one of which nothing was taken is none.</summary>
    private static IEnumerable<string> Miscounts(KillEvidence seen)
    {
        var accepted = seen.Accepted.Select(static one => one.Key).ToHashSet();
        if (seen.Outbox.Count(static row => row.Counted) is var counted && counted != seen.AiMessages)
        {
            yield return $"{seen.AiMessages} AI messages are counted and {counted} replies carry one";
        }

        foreach (var turn in seen.Outbox.Where(static row => row.Costs).GroupBy(static row => row.Turn))
        {
            var taken = turn.Any(row => accepted.Contains(row.Key));
            if (turn.Any(static row => row.Counted) != taken && !turn.Any(static row => row.Marked || row.State is OutboxState.Failed or OutboxState.Unconfirmed))
            {
                yield return $"an answer of which {(taken ? "something" : "nothing")} was taken is {(taken ? "not " : "")}counted: {turn.First().Key}";
            }
        }
    }
}
