using System.Globalization;
using System.Security.Cryptography;
using AiBotKit.Assistant.Prompts;
using AiBotKit.Chatbots;
using AiBotKit.Durability;
using AiBotKit.Knowledge;
using AiBotKit.Storage;

namespace AiBotKit.Assistant;

/// <summary><see cref="Retrieval.SearchAsync"/>, so that tests can bring their own passages.</summary>
internal delegate Task<RetrievalResult> SearchKnowledge(Guid accountId, Guid chatbotId, string question, int limit, CancellationToken cancellationToken);

/// <summary><see cref="ChatbotProfiles.GetAsync"/>.</summary>
internal delegate Task<Chatbot?> ReadChatbot(Guid accountId, Guid chatbotId, CancellationToken cancellationToken);

/// <summary>Retrieves, asks the model when there is one, checks what it said, and otherwise quotes the knowledge or says that it does not know.</summary>
internal sealed partial class Answerer(
    SearchKnowledge search, ReadChatbot readChatbot, KnowledgeReadiness readiness, ModelClient model, TimeProvider time, FaultPoints faults, ILogger<Answerer> logger) : IAnswerer
{
    private const int MaxQuestion = 4096;

    /// <summary>Characters that an answer without a source may have: it is small talk, which needs no more.</summary>
    private const int MaxSmallTalk = 300;
    private static readonly TimeSpan ImportCap = TimeSpan.FromSeconds(60);

    /// <summary>A turn ends within 75 s (F22): what the import took is taken from the model, less one second for everything else.</summary>
    private static readonly TimeSpan TurnCap = TimeSpan.FromSeconds(74);

    public async Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        question = question with { Text = TextRules.Cut(question.Text, MaxQuestion) };
        await readiness.WaitAsync(question.ChatbotId, ImportCap, cancellationToken);
        Chatbot? chatbot;
        try
        {
            chatbot = question.As ?? await readChatbot(question.AccountId, question.ChatbotId, cancellationToken);
        }
        catch (Exception error) when (IsOurs(error, cancellationToken))
        {
            return Unsearchable(Chatbot.DefaultFallbackMessage, new(), error);
        }

        if (chatbot is null)
        {
            return new(AnswerKind.Fallback, Chatbot.DefaultFallbackMessage, [], new() { Verdicts = ["The chatbot is gone."] });
        }

        var mayTalk = model.IsConfigured && chatbot.AnswerScope == AnswerScope.KnowledgeFirst;
        if (!mayTalk && SmallTalkRules.Classify(question.Text) is var (kind, language))
        {
            var texts = FixedTexts.For(chatbot.Language ?? language);
            var reply = kind switch
            {
                SmallTalk.Thanks => texts.Thanks,
                SmallTalk.Assent => texts.Assent,
                _ => string.Format(CultureInfo.InvariantCulture, texts.Greeting, chatbot.Name),
            };
            return new(AnswerKind.SmallTalk, reply, [], new() { Language = language, Verdicts = ["Small talk: a fixed reply."] }, AsWritten: true);
        }

        var start = time.GetTimestamp();
        var picked = TopicRules.Pick(question.Text, question.History);
        IReadOnlyList<Finding> findings;
        try
        {
            findings = await FindAsync(question, picked, cancellationToken);
        }
        catch (Exception error) when (IsOurs(error, cancellationToken))
        {
            // Fail closed (F25): without the knowledge nothing is said from a model's memory, and a repeated turn would fare no better.
            return Unsearchable(chatbot.FallbackMessage, new() { RetrievalMilliseconds = time.GetElapsedTime(start).TotalMilliseconds }, error);
        }

        faults.Reach(FaultPoint.R1Retrieved);
        var found = findings[0].Found;
        var chosen = picked is null ? null : found.Passages.FirstOrDefault(p => string.Equals(TopicRules.Title(p.Topic), picked, StringComparison.OrdinalIgnoreCase));
        if (chosen is not null)
        {
            found = found with { AboveFloor = true, Passages = [chosen, .. found.Passages.Where(p => p != chosen)] };
            findings = [new(found, findings[0].Searched) { IsPicked = true }];
        }

        var trace = new AnswerTrace
        {
            Language = found.Language,
            Evidence = found.Evidence,
            Floor = found.Floor,
            SearchText = findings[0].Searched == question.Text ? null : findings[0].Searched,
            RetrievalMilliseconds = time.GetElapsedTime(start).TotalMilliseconds,
        };
        if (model.IsConfigured && (found.AboveFloor || mayTalk))
        {
            return await AskModelAsync(chatbot, question, findings, trace, TurnCap - time.GetElapsedTime(began), cancellationToken);
        }

        return QuoteOrNotKnown(chatbot, question, findings, trace) with { Recovered = true };
    }

    /// <summary>What was found, the likeliest reading of the message first: by itself, and with the question that it follows.</summary>
    private async Task<IReadOnlyList<Finding>> FindAsync(Question question, string? picked, CancellationToken cancellationToken)
    {
        if (picked is not null)
        {
            return [new(await SearchAsync(picked), picked)];
        }

        var alone = new Finding(await SearchAsync(question.Text), question.Text);
        if (FollowUpRules.Complete(question.Text, question.History, isKnown: alone.Quotable is not null) is not { } completed)
        {
            return [alone];
        }

        alone = alone with { FollowUpTo = completed };
        var together = new Finding(await SearchAsync(completed), completed) { FollowUpTo = completed, Own = question.Text };
        return alone.Found.AboveFloor && alone.Found.Evidence > together.Found.Evidence ? [alone, together] : [together, alone];

        async Task<RetrievalResult> SearchAsync(string text)
        {
            try
            {
                return await search(question.AccountId, question.ChatbotId, text, AnswerPrompt.MaxPassages, cancellationToken);
            }
            catch (Exception error) when (IsOurs(error, cancellationToken))
            {
                // Once more: a file that was busy for a moment is no outage.
                LogSearchFailed(error, question.ChatbotId);
                return await search(question.AccountId, question.ChatbotId, text, AnswerPrompt.MaxPassages, cancellationToken);
            }
        }
    }

    private async Task<Answer> AskModelAsync(Chatbot chatbot, Question question, IReadOnlyList<Finding> findings, AnswerTrace trace, TimeSpan limit, CancellationToken cancellationToken)
    {
        var found = findings[0].Found;
        var mark = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var (messages, secret, used) = AnswerPrompt.Build(chatbot, question, found, time.GetUtcNow(), mark);
        faults.Reach(FaultPoint.R2PromptBuilt);
        IReadOnlyList<Passage> given = [.. found.Passages.Take(used)];
        var passages = string.Join('\n', given.Select(AnswerPrompt.Source));
        string? Clean(string said) =>
            OutputGuard.Clean(said, passages + "\n" + chatbot.Instructions, question.Text, secret) is { } text && !text.Contains(mark, StringComparison.OrdinalIgnoreCase) ? text : null;
        var reply = await model.AskAsync(
            question.AccountId, messages, said => Clean(said) is { } text && (IsNone(text) || IsForPerson(text) || GroundingRules.SaysSomething(text)), limit, cancellationToken);
        trace = trace with
        {
            Model = model.Name,
            PromptVersion = AnswerPrompt.Version,
            InputTokens = reply.InputTokens,
            OutputTokens = reply.OutputTokens,
            ModelMilliseconds = reply.Milliseconds,
        };
        if (reply.Text is null || Clean(reply.Text) is not { } cleaned)
        {
            trace = Note(trace, reply.Failure ?? "The model's text was refused by the guard.");
            return Quote(chatbot, findings, trace) is { } quoted
                ? quoted
                : new(AnswerKind.Fallback, chatbot.FallbackMessage, [], Traced(trace, found, []), Outage: true);
        }

        if (IsForPerson(cleaned))
        {
            return new(AnswerKind.Fallback, chatbot.FallbackMessage, [], Traced(Note(trace, "The model left it to a person."), found, []), Recovered: true, WantsPerson: true);
        }

        if (IsNone(cleaned))
        {
            return NotKnown(chatbot, question, found, Note(trace, "The model found no answer in the passages.")) with { Recovered = true };
        }

        var (text, cited) = GroundingRules.Cite(cleaned, given);
        if (cited.Count == 0 && GroundingRules.Attribute(text, given) is { } source)
        {
            (text, cited) = (text + "[[1]]", [source]);
            trace = Note(trace, "No citation mark: attributed by shared words.");
        }

        var isSmallTalk = chatbot.AnswerScope == AnswerScope.KnowledgeFirst && found is { AboveFloor: false, NearFloor: false } && text.Length <= MaxSmallTalk;
        var owners = $"{string.Join('\n', cited.Select(AnswerPrompt.Source))}\n{chatbot.Instructions}";
        var refused = cited.Count == 0 && !isSmallTalk ? "The model cited nothing." : GroundingRules.FirstUnsupported(text, owners, question.Text) is not null ? "A number or address is in no cited passage." : null;
        if (refused is not null)
        {
            trace = Note(trace, refused);
            return QuoteOrNotKnown(chatbot, question, findings, trace) with { Recovered = true };
        }

        trace = Note(trace, cited.Count == 0 ? "Small talk: nothing cited." : "Grounded.");
        return new(AnswerKind.Model, text, [.. cited.Select((p, i) => ExtractiveRules.Cite(i + 1, p))], Traced(trace, found, cited), Recovered: true);
    }

    private Answer Unsearchable(string fallback, AnswerTrace trace, Exception error)
    {
        LogUnsearchable(error);
        return new(AnswerKind.Fallback, fallback, [], Note(trace, $"The knowledge could not be searched: {error.GetType().Name}."), Outage: true);
    }

    /// <summary>A failure to answer for; not the caller's cancellation, a crash, or a store that is down for everything.</summary>
    private static bool IsOurs(Exception error, CancellationToken cancellationToken) =>
        error is not (CrashException or OutOfMemoryException or StoreUnavailableException) && !cancellationToken.IsCancellationRequested;

    private static Answer QuoteOrNotKnown(Chatbot chatbot, Question question, IReadOnlyList<Finding> findings, AnswerTrace trace)
    {
        if (Quote(chatbot, findings, trace) is { } quoted)
        {
            return quoted;
        }

        var found = findings[0].Found;
        return NotKnown(chatbot, question, found, found.AboveFloor ? Note(trace, "Near, but no passage speaks of what was asked.") : trace);
    }

    /// <summary>The first passage that may be quoted, or null when none may.</summary>
    private static Answer? Quote(Chatbot chatbot, IReadOnlyList<Finding> findings, AnswerTrace trace)
    {
        foreach (var finding in findings)
        {
            var found = finding.Found;
            if (finding.Quotable is { } best && finding.Quote(best, FixedTexts.For(chatbot.Language ?? found.Language).Source) is { } text)
            {
                trace = trace with { Evidence = best.Evidence, SearchText = finding == findings[0] ? trace.SearchText : finding.Own is null ? null : finding.Searched };
                return new(AnswerKind.Extractive, text, [ExtractiveRules.Cite(1, best)], Traced(trace, found, [best]), AsWritten: true);
            }
        }

        return null;
    }

    private static Answer NotKnown(Chatbot chatbot, Question question, RetrievalResult found, AnswerTrace trace)
    {
        var titles = found.Passages.Select(p => p.Topic).Distinct(StringComparer.OrdinalIgnoreCase).Take(3).ToList();
        return (found.NearFloor || found.AboveFloor) && titles.Count > 0 && !TopicRules.WasOffered(question.History)
            ? new(AnswerKind.Topics, TopicRules.List(FixedTexts.For(chatbot.Language ?? found.Language).Topics, titles), [], Traced(trace, found, []), IsGap: true, AsWritten: true)
            : new(AnswerKind.Fallback, chatbot.FallbackMessage, [], Traced(trace, found, []), IsGap: true);
    }

    private static bool IsNone(string text) => text.Contains(AnswerPrompt.NotInPassages, StringComparison.OrdinalIgnoreCase);

    /// <summary>Alone: inside a text it would be a customer's or a passage's word, and nobody but the model itself calls a person here.</summary>
    private static bool IsForPerson(string text) => text.Trim().Equals(AnswerPrompt.ForPerson, StringComparison.OrdinalIgnoreCase);

    private static AnswerTrace Note(AnswerTrace trace, string verdict) => trace with { Verdicts = [.. trace.Verdicts, verdict] };

    private static AnswerTrace Traced(AnswerTrace trace, RetrievalResult found, IReadOnlyList<Passage> used) =>
        trace with { Passages = [.. found.Passages.Select(p => new TracedPassage(p.ChunkId, p.DocumentTitle, p.Heading, p.Evidence, p.Coverage, p.Cosine, used.Contains(p)))] };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The search of chatbot {ChatbotId} failed and is tried once more")]
    private partial void LogSearchFailed(Exception error, Guid chatbotId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The knowledge could not be searched; a person is called")]
    private partial void LogUnsearchable(Exception error);
}
