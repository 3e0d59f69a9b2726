using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using AiBotKit.Assistant;
using AiBotKit.Conversations.Handover;
using AiBotKit.Conversations.Leads;
using AiBotKit.Durability;
using AiBotKit.Hosting.Telemetry;
using AiBotKit.Knowledge;
using AiBotKit.Storage;

namespace AiBotKit.Conversations;

/// <summary>
/// One turn from claim to commit: read, decide, ask the assistant, render, commit under the epochs. Refused once by a newer message it
/// runs again with all of them; overtaken by a person it keeps the draft. It never leaves a claim behind but by a crash.
/// </summary>
internal sealed partial class RunTurn : ITurnRunner, IDisposable
{
    private static readonly Counter<long> Turns = ProductTelemetry.Meter.CreateCounter<long>("aibotkit.turns", description: "Turns by what became of them");
    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(1);

    private const string HandoverKind = "handover";

    private readonly IMessageStore _store;
    private readonly IAnswerer _answerer;
    private readonly IChannel _channel;
    private readonly RecordGap _gaps;
    private readonly IPersonCaller _people;
    private readonly LeadTalks _leads;
    private readonly CommitSignals _signals;
    private readonly ConversationsOptions _options;
    private readonly FaultPoints _faults;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Guid _runId;
    private readonly ConcurrentDictionary<Guid, CancellationTokenSource> _running = new();

    public RunTurn(IMessageStore store, IAnswerer answerer, IChannel channel, RecordGap gaps, IPersonCaller people, LeadTalks leads, CommitSignals signals, ConversationsOptions options, FaultPoints faults, TimeProvider time, ILogger<RunTurn> logger)
    {
        (_store, _answerer, _channel, _gaps, _people, _leads, _signals, _options, _faults, _time, _logger) = (store, answerer, channel, gaps, people, leads, signals, options, faults, time, logger);
        _runId = Guid.CreateVersion7(time.GetUtcNow());
        signals.PersonActed += OnPersonActed;
    }

    public async Task RunAsync(Guid conversationId, bool alone, CancellationToken stopping)
    {
        if (stopping.IsCancellationRequested || !await _store.BeginTurnAsync(conversationId, _runId, alone, _time.GetUtcNow()))
        {
            return;
        }

        _faults.Reach(FaultPoint.R0Claimed);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _running[conversationId] = cancel;
        try
        {
            while (await RunOnceAsync(conversationId, cancel.Token) == TurnResult.NewerMessage)
            {
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // A person acted: the act has ended everything in its own transaction. Or the process stops: the work is due for the next one.
            await ReleaseAsync(conversationId, TimeSpan.Zero, countAttempt: false);
        }
        catch (StoreUnavailableException)
        {
            LogStoreUnavailable(conversationId);
            await ReleaseAsync(conversationId, StoreRetry, countAttempt: false);
        }
#pragma warning disable CA1031 // Top of a turn: a bug in one message is counted, tried again, and ends as a dead letter; it never stops the others.
        catch (Exception error) when (error is not CrashException)
#pragma warning restore CA1031
        {
            LogFailed(error, conversationId);
            await ReleaseAsync(conversationId, TimeSpan.FromSeconds(2), countAttempt: true);
        }
        finally
        {
            _running.TryRemove(conversationId, out _);
        }
    }

    public void Dispose() => _signals.PersonActed -= OnPersonActed;

    private async Task<TurnResult> RunOnceAsync(Guid conversationId, CancellationToken cancellationToken)
    {
        using var activity = ProductTelemetry.Source.StartActivity("turn");
        activity?.SetTag("conversation.id", conversationId);
        var startedAt = _time.GetUtcNow();
        if (_store.ReadTurn(conversationId, startedAt) is not { } turn)
        {
            // A person acted between the claim and here: nothing is unanswered any more.
            await ReleaseAsync(conversationId, TimeSpan.Zero, countAttempt: false);
            return TurnResult.Overtaken;
        }

        turn = turn with { Handover = _people.TermsOf(turn) };

        var end = new TurnCommit
        {
            TurnId = Guid.CreateVersion7(startedAt),
            RunId = _runId,
            Snapshot = turn,
            Outcome = "answered",
            StartedAt = startedAt,
            Now = startedAt,
        };
        Answer? answer = null;
        var decision = TurnRules.Decide(turn, startedAt, _options.StaleAfter, _options.LoopGuardTurns);
        var lead = await _leads.HearAsync(turn, decision, startedAt, cancellationToken);
        var question = lead?.Asked(Ask(turn)) ?? Ask(turn);
        switch (decision)
        {
            case var _ when lead is { IsWhole: true }:
                end = lead.Say(end, _channel);
                break;
            case TurnDecision.StoreOnly stored:
                end = end with { Outcome = stored.Outcome, WaitingReason = stored.WaitingReason, SwitchOffBy = stored.SwitchOffBy, AllowNewer = true };
                break;
            case TurnDecision.CallPerson asked:
                end = Call(end, HandoverReason.Asked, asked.Language);
                break;
            case TurnDecision.Notice notice:
                end = end with { Outcome = notice.Outcome, Parts = _channel.AsWritten(notice.Text), Author = SendAuthor.Notice, AllowNewer = true };
                break;
            default:
                if (turn.Unanswered.LastOrDefault(m => m.ProviderMessageId is not null)?.ProviderMessageId is { } latest)
                {
                    _channel.AnswerIsComing(turn.ConnectionId, latest);
                }

                answer = await _answerer.AnswerAsync(question, cancellationToken);
                end = Reply(end, answer);
                // Who is passed on to a person is not asked for their name behind it.
                end = end.AnswerKind == HandoverKind || end.Outcome != "answered" ? end : lead?.Add(end, answer, _channel) ?? end;
                break;
        }

        var result = await _store.CommitTurnAsync(end with { Now = _time.GetUtcNow(), AllowNewer = end.AllowNewer || TurnRules.MayPassNewer(turn, _time.GetUtcNow()) });
        _faults.Reach(FaultPoint.R10AfterCommit);
        Turns.Add(1, new KeyValuePair<string, object?>("result", result.ToString()), new KeyValuePair<string, object?>("outcome", end.Outcome));
        activity?.SetTag("turn.id", end.TurnId).SetTag("result", result.ToString()).SetTag("outcome", end.Outcome);
        if (result == TurnResult.Committed && lead is { HasMails: true })
        {
            _leads.WakeMails();
        }

        if (result == TurnResult.Committed && answer is { IsGap: true })
        {
            await _gaps.RunAsync(turn.AccountId, turn.ChatbotId, conversationId, question.Text, answer.Trace.Passages.Select(p => p.Heading ?? p.Title), answer.Trace.Evidence,
                db => db.Set<Conversation>().Any(c => c.Id == conversationId && c.AccountId == turn.AccountId));
        }

        if (end.Handover is { } handover && result is TurnResult.Committed or TurnResult.WindowClosed)
        {
            _people.Wake(handover);
        }

        return result;
    }

    /// <summary>The customer is told once that a person answers; the AI goes on answering what it knows until one comes.</summary>
    private TurnCommit Call(TurnCommit end, HandoverReason reason, string language)
    {
        var turn = end.Snapshot;
        var terms = turn.Handover;
        var act = _people.Prepare(turn, reason, end.Now);
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(terms.TimeZone, out var known) ? known : TimeZoneInfo.Utc;
        var told = HandoverTexts.Told(terms.Message, terms.Language ?? language, OpeningHours.Parse(terms.OpeningHours)!, TimeZoneInfo.ConvertTime(end.Now, zone).DateTime);
        var disclose = turn.DisclosureDue && turn.Disclosure.Length > 0;
        return end with
        {
            Parts = Bubbles(disclose ? $"{turn.Disclosure}\n\n{told}" : told, asWritten: true),
            AnswerKind = HandoverKind,
            Draft = told,
            WaitingReason = act.Reason,
            DisclosureGiven = disclose,
            Handover = act,
        };
    }

    private TurnCommit Reply(TurnCommit end, Answer answer)
    {
        var turn = end.Snapshot;
        if (answer.Outage && turn.OutageNoticeSent)
        {
            // Once per outage: repeating that we cannot answer helps nobody; a person was called.
            return end with { Outcome = "outage", WaitingReason = "outage" };
        }

        var isFallback = answer.Kind == AnswerKind.Fallback || Bubbles(answer.Markdown, answer.AsWritten).Count == 0;
        var unanswered = !answer.Outage && (isFallback || answer.IsGap);
        var inARow = HandoverRules.InARow(turn.Handover.UnansweredInARow, unanswered, answer.Kind is AnswerKind.Model or AnswerKind.Extractive);
        end = end with { UnansweredInARow = inARow, Trace = JsonSerializer.Serialize(answer.Trace, AnswerJson.Default.AnswerTrace) };
        if ((isFallback && unanswered && HandoverRules.IsEnough(inARow, turn.Handover.AfterUnanswered)) || answer.WantsPerson)
        {
            // A person was called and the customer knows: another "I don't know" helps nobody.
            return turn.Handover.Told
                ? end with { Outcome = "handover" }
                : Call(end, answer.WantsPerson ? HandoverReason.Judged : HandoverReason.Unanswered, answer.Trace.Language);
        }

        var disclose = turn.DisclosureDue && turn.Disclosure.Length > 0;
        var text = isFallback ? turn.FallbackMessage : answer.Markdown;
        var parts = Bubbles(disclose ? $"{turn.Disclosure}\n\n{text}" : text, isFallback || answer.AsWritten);

        return end with
        {
            Parts = parts,
            AnswerKind = isFallback ? KindName(AnswerKind.Fallback) : KindName(answer.Kind),
            Draft = text,
            Citations = answer.Citations.Count > 0 && !isFallback ? JsonSerializer.Serialize(answer.Citations, AnswerJson.Default.IReadOnlyListCitation) : null,
            Counts = !isFallback && answer.Kind is AnswerKind.Model or AnswerKind.Extractive,
            WaitingReason = answer.Outage ? "outage" : isFallback ? "gap" : null,
            DisclosureGiven = disclose,
            OutageNoticeSent = answer.Outage ? true : answer.Recovered ? false : null,
        };
    }

    private IReadOnlyList<string> Bubbles(string text, bool asWritten) => asWritten ? _channel.AsWritten(text) : _channel.Render(text);

    private static Question Ask(TurnSnapshot turn) => new(
        turn.AccountId,
        turn.ChatbotId,
        turn.ConversationId,
        string.Join('\n', turn.Unanswered.Select(m => m.Text)),
        [.. turn.History.Select(m => Speakers.Line(m.Role, m.Text))]);

    private static string KindName(AnswerKind kind) => kind switch
    {
        AnswerKind.Model => "model",
        AnswerKind.Extractive => "extractive",
        AnswerKind.Topics => "topics",
        AnswerKind.SmallTalk => "small_talk",
        _ => "fallback",
    };

    /// <summary>The claim is ours until it is given back; only a stop leaves it to the recovery of the next start.</summary>
    private async Task ReleaseAsync(Guid conversationId, TimeSpan delay, bool countAttempt)
    {
        for (var attempt = 0; attempt < 60; attempt++)
        {
            try
            {
                var now = _time.GetUtcNow();
                await _store.ReleaseTurnAsync(conversationId, _runId, now + delay, countAttempt, now);
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(StoreRetry, _time);
            }
        }
    }

    private void OnPersonActed(Guid conversationId)
    {
        if (_running.TryGetValue(conversationId, out var turn))
        {
            // Not on this stack: it is the writer's, and a cancelled call may run its callbacks at once.
            _time.CreateTimer(Cancel, turn, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private static void Cancel(object? turn)
    {
        try
        {
            ((CancellationTokenSource)turn!).Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The turn ended by itself in the meantime.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The turn of conversation {ConversationId} failed and is counted")]
    private partial void LogFailed(Exception error, Guid conversationId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store is unavailable; the turn of conversation {ConversationId} waits")]
    private partial void LogStoreUnavailable(Guid conversationId);
}
