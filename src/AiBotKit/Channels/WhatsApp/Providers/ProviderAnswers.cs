using System.Net;
using System.Text.Json;
using AiBotKit.Durability;

namespace AiBotKit.Channels.WhatsApp.Providers;

/// <summary>
/// What an answer means: the ambiguous-send rule of reliability contract 2.1 over both error shapes of wire facts 1.1. The body
/// is judged before the status, because an error may ride on HTTP 200.
/// </summary>
internal static class ProviderAnswers
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    public static SendOutcome OfSend(Exchange exchange)
    {
        switch (exchange)
        {
            case Exchange.NotSent { Refused: true } refused:
                return new SendOutcome.Rejected(RejectionKind.ConnectionBroken, null, $"The message was not sent: {refused.Reason}. Check the address of the connection.");
            case Exchange.NotSent notSent:
                // No message reaches them now: all of the connection wait, and none loses an attempt by it.
                return new SendOutcome.Rejected(RejectionKind.WaitConnection, null, $"The message was not sent yet: {notSent.Reason}. It is tried again by itself.");
            case Exchange.Overtaken:
                return new SendOutcome.Rejected(RejectionKind.Withdrawn, null, "The message was not sent: a person acted before it could go out.");
            case Exchange.Unanswered unanswered:
                return new SendOutcome.Ambiguous($"The message may have been sent: {unanswered.Reason}.");
            case Exchange.Answered answered:
                return OfAnswer(answered);
            default:
                throw new InvalidOperationException($"unknown exchange {exchange.GetType().Name}");
        }
    }

    /// <summary>For calls whose repetition does no harm: success with the parsed body, or the failure.</summary>
    public static ProviderResult<T> OfCall<T>(Exchange exchange, Func<JsonElement, T?> read)
    {
        switch (exchange)
        {
            case Exchange.NotSent notSent:
                return Failed<T>(notSent.Refused ? RejectionKind.ConnectionBroken : RejectionKind.Retry, null, $"The call did not work: {notSent.Reason}.");
            case Exchange.Unanswered unanswered:
                return Failed<T>(RejectionKind.Retry, null, $"The call did not work: {unanswered.Reason}.");
        }

        var answered = (Exchange.Answered)exchange;
        using var document = Parse(answered.Body);
        if (document is not null && ErrorIn(document.RootElement, answered) is { } error)
        {
            return new(default, new(error.Meaning.Kind, error.Code, error.Meaning.Sentence, answered.RetryAfter));
        }

        if (!answered.IsSuccess)
        {
            var meaning = WhatsAppErrors.OfFlat(null, (int)answered.Status);
            var kind = (int)answered.Status >= 500 ? RejectionKind.Retry : meaning.Kind;
            return Failed<T>(kind, null, $"The provider answered with HTTP status {(int)answered.Status}.", answered.RetryAfter);
        }

        if (document is null)
        {
            return Failed<T>(RejectionKind.Retry, null, "The provider's answer could not be read.");
        }

        return read(document.RootElement) is { } value
            ? new(value, null)
            : Failed<T>(RejectionKind.Final, null, "The provider's answer does not hold what was asked for.");
    }

    public static ProviderResult<T> Failed<T>(RejectionKind kind, int? code, string reason, TimeSpan? retryAfter = null) =>
        new(default, new(kind, code, reason, retryAfter));

    private static SendOutcome OfAnswer(Exchange.Answered answer)
    {
        var status = (int)answer.Status;
        using var document = Parse(answer.Body);
        if (document is not null && ErrorIn(document.RootElement, answer) is { } error)
        {
            // "code": 5xx in the flat shape is a gateway speaking about itself, no verdict of the provider.
            return error.IsFlat && error.Code is >= 500 and <= 599
                ? new SendOutcome.Ambiguous($"The message may have been sent: the provider answered with code {error.Code}.")
                : Rejected(error.Meaning, error.Code, answer);
        }

        return status switch
        {
            >= 200 and <= 299 => new SendOutcome.Accepted(document is null ? null : MessageId(document.RootElement)),
            >= 500 or 408 => new SendOutcome.Ambiguous($"The message may have been sent: the provider answered with HTTP status {status}."),
            >= 300 and <= 399 => new SendOutcome.Rejected(
                RejectionKind.ConnectionBroken, null, "The provider's address answers with a redirect, which is not followed. The customer did not get this message. Check the address of the connection."),
            _ => Rejected(WhatsAppErrors.OfFlat(null, status), null, answer),
        };
    }

    private static SendOutcome.Rejected Rejected(ErrorMeaning meaning, int? code, Exchange.Answered answer) =>
        new(meaning.Kind, code, meaning.Sentence, answer.RetryAfter, meaning.FirstWait, meaning.MaxRetries);

    private readonly record struct Error(ErrorMeaning Meaning, int? Code, bool IsFlat);

    private static Error? ErrorIn(JsonElement root, Exchange.Answered answer)
    {
        var status = answer.Status == HttpStatusCode.OK ? (int?)null : (int)answer.Status;
        if (root.TryGet("error"u8, out var error) && error.ValueKind is not (JsonValueKind.False or JsonValueKind.Array))
        {
            var code = error.Int("code"u8);
            return code is null && status is >= 500 ? null : new(WhatsAppErrors.Of(code, error.Int("error_subcode"u8), status), code, false);
        }

        var flat = root.Int("code"u8);
        var failed = root.Text("status"u8) is { } word
            && (word.StartsWith("fail", StringComparison.OrdinalIgnoreCase) || word.Equals("error", StringComparison.OrdinalIgnoreCase));
        if (flat is not >= 400 && !failed)
        {
            return null;
        }

        return flat is null && status is >= 500 ? null : new(WhatsAppErrors.OfFlat(flat, status), flat, true);
    }

    /// <summary>Meta's place first, then the two others that clients of Pinnacle tolerate.</summary>
    private static string? MessageId(JsonElement root) =>
        (root.TryGetArray("messages"u8, out var messages) && messages.GetArrayLength() > 0 ? messages[0].Id("id"u8) : null)
        ?? (root.TryGet("message"u8, out var message) ? message.Id("id"u8) : null)
        ?? root.Id("message_id"u8);

    private static JsonDocument? Parse(byte[]? body)
    {
        if (body is null or [])
        {
            return null;
        }

        try
        {
            var json = body is [0xEF, 0xBB, 0xBF, ..] ? body.AsMemory(3) : body;
            return JsonDocument.Parse(json, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
