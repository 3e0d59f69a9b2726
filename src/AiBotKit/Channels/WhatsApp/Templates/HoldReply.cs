using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;

namespace AiBotKit.Channels.WhatsApp.Templates;

/// <summary>What a person writes now and the customer is to get when they answer.</summary>
/// <param name="Nudge">The template that asks the customer to tap; null = the number's best one.</param>
/// <param name="RequestKey">As in <see cref="TemplateRequest"/>.</param>
internal sealed record HeldRequest(Guid AccountId, Guid ConversationId, string Text, TemplateChoice? Nudge, string AuthorName, bool TakeOver, string? RequestKey, Actor By);

/// <summary>
/// Answer later: outside the service window a reply is stored as held and an approved template with a button goes out. The customer's tap, or
/// whatever else they send, opens the window and releases the reply in the transaction of its arrival.
/// </summary>
internal sealed class HoldReply(IMessageStore store, IChannel channel, SendReply replies, ReadTemplates templates, TimeProvider time)
{
    public async Task<TemplateResult> RunAsync(HeldRequest request, CancellationToken cancellationToken)
    {
        if (channel.AsTyped(request.Text) is not { Length: > 0 } text)
        {
            return TemplateResult.Of(string.IsNullOrWhiteSpace(request.Text) ? ReplyVerdict.Empty : ReplyVerdict.TooLong);
        }

        var now = time.GetUtcNow();
        var held = request.RequestKey is { } key ? SendReply.IdOf(request.AccountId, request.ConversationId, "held/" + key) : Guid.CreateVersion7(now);
        if (await templates.PlaceAsync(request.AccountId, request.ConversationId, cancellationToken, held) is not { } place)
        {
            return TemplateResult.Of(ReplyVerdict.NotFound);
        }

        if (place.IsStored)
        {
            // Held or sent by now: the store says whether it is the same text.
            return new TemplateResult(await store.ReplyAsync(new PersonReply(request.AccountId, request.ConversationId, held, text, request.AuthorName, false, request.By), now));
        }

        if (ReplyRules.Decide(place.Circumstances, request.TakeOver, now, ReplyWay.Later) is not ReplyVerdict.Stored and var verdict)
        {
            return TemplateResult.Of(verdict);
        }

        var (nudge, refusal) = Choose(place, request.Nudge);
        if (nudge is null)
        {
            return new TemplateResult(default, refusal);
        }

        var asks = Guid.CreateVersion7(now);
        return new TemplateResult(await replies.ActAsync(
            request.AccountId,
            request.ConversationId,
            conversation => store.HoldReplyAsync(
                new HeldWish(
                    new PersonReply(request.AccountId, conversation, held, text, request.AuthorName, request.TakeOver, request.By),
                    SendTemplate.Message(nudge, request.AccountId, conversation, asks, request.AuthorName, request.TakeOver, request.By)),
                time.GetUtcNow()),
            cancellationToken));
    }

    private static (FilledTemplate? Nudge, TemplateRefusal? Refusal) Choose(TemplatePlace place, TemplateChoice? wanted)
    {
        if (wanted is null)
        {
            return place.Nudges is [var best, ..] ? (TemplateRules.Fill(best.Template.Name, best.Template.Language, best.Template.Form, best.Values), null) : (null, TemplateRefusal.NoNudge);
        }

        // Left out, the customer's name is filled in as it would be by default.
        var known = place.Nudges.FirstOrDefault(one => one.Template.Name == wanted.Name && one.Template.Language == wanted.Language);
        var (filled, refusal) = SendTemplate.Fill(place.Templates, known is not null && wanted.Values.Count == 0 ? wanted with { Values = known.Values } : wanted);
        return filled is null || place.Templates.Items.Any(one => one.Name == wanted.Name && one.Language == wanted.Language && one.Form.CanBeTapped) ? (filled, refusal) : (null, TemplateRefusal.NotTappable(wanted.Name));
    }
}

/// <summary>A person takes a held reply back.</summary>
internal sealed class CancelHeld(IMessageStore store, TimeProvider time)
{
    /// <summary>False when the account has no such reply in the conversation, or it has gone or been taken back before.</summary>
    public Task<bool> RunAsync(Guid accountId, Guid conversationId, Guid heldId) => store.CancelHeldAsync(accountId, conversationId, heldId, time.GetUtcNow());
}
