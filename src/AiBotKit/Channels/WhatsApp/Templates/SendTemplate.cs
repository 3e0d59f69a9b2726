using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;

namespace AiBotKit.Channels.WhatsApp.Templates;

/// <summary>Which template, and what its blanks are filled with.</summary>
internal sealed record TemplateChoice(string Name, string Language, IReadOnlyDictionary<string, string> Values);

/// <summary>An approved template as a person sends it.</summary>
/// <param name="RequestKey">The caller's own name of this request: repeated, it stores nothing again. Null = every request is a new one.</param>
internal sealed record TemplateRequest(Guid AccountId, Guid ConversationId, TemplateChoice Template, string AuthorName, bool TakeOver, string? RequestKey, Actor By);

/// <summary>What became of it: stored, refused by the circumstances, or refused because of the template.</summary>
internal readonly record struct TemplateResult(ReplyResult Reply, TemplateRefusal? Refusal = null)
{
    public static TemplateResult Of(ReplyVerdict verdict) => new(new ReplyResult(verdict));
}

/// <summary>
/// A person sends an approved template: the only thing that reaches a customer outside the service window. It is a message of theirs like any
/// other, costs no AI message, and opens no window; only the customer's answer does.
/// </summary>
internal sealed class SendTemplate(IMessageStore store, SendReply replies, ReadTemplates templates, TimeProvider time)
{
    public async Task<TemplateResult> RunAsync(TemplateRequest request, CancellationToken cancellationToken)
    {
        var message = request.RequestKey is { } key ? SendReply.IdOf(request.AccountId, request.ConversationId, "template/" + key) : Guid.CreateVersion7(time.GetUtcNow());
        if (await templates.PlaceAsync(request.AccountId, request.ConversationId, cancellationToken, message) is not { } place)
        {
            return TemplateResult.Of(ReplyVerdict.NotFound);
        }

        // What a person has to put right first comes first; the write decides again.
        if (!place.IsStored && ReplyRules.Decide(place.Circumstances, request.TakeOver, time.GetUtcNow(), ReplyWay.Template) is not ReplyVerdict.Stored and var verdict)
        {
            return TemplateResult.Of(verdict);
        }

        var (filled, refusal) = Fill(place.Templates, request.Template);
        if (filled is null)
        {
            return new TemplateResult(default, refusal);
        }

        return new TemplateResult(await replies.ActAsync(
            request.AccountId,
            request.ConversationId,
            conversation => store.ReplyAsync(Message(filled, request.AccountId, conversation, message, request.AuthorName, request.TakeOver, request.By), time.GetUtcNow()),
            cancellationToken));
    }

    /// <summary>The template filled with these values, or why it cannot be sent.</summary>
    public static (FilledTemplate? Filled, TemplateRefusal? Refusal) Fill(TemplateList list, TemplateChoice choice)
    {
        if (list.Items.FirstOrDefault(one => one.Name == choice.Name && one.Language == choice.Language) is not { } template)
        {
            return (null, TemplateRefusal.Unknown(choice.Name, choice.Language));
        }

        if ((TemplateRules.Sendable(template.Name, template.Status, template.Form) ?? TemplateRules.Check(template.Form, choice.Values)) is { } refusal)
        {
            return (null, refusal);
        }

        return (TemplateRules.Fill(template.Name, template.Language, template.Form, choice.Values), null);
    }

    /// <summary>A filled template as a person's message.</summary>
    public static PersonReply Message(FilledTemplate filled, Guid accountId, Guid conversationId, Guid messageId, string author, bool takeOver, Actor by) =>
        new(accountId, conversationId, messageId, filled.Text, author, takeOver, by) { Type = "template", Content = filled.Content, Payload = filled.Payload };
}
