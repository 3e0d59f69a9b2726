using System.Security.Cryptography;
using System.Text;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;

namespace AiBotKit.Conversations;

/// <summary>What a person writes to a customer.</summary>
/// <param name="Text">As typed.</param>
/// <param name="AuthorName">Shown with the message.</param>
/// <param name="TakeOver">Switch AI replies off with it; else it is refused while they are on.</param>
/// <param name="RequestKey">The caller's own name of this request: repeated, it stores nothing again. Null = every request is a new one.</param>
internal sealed record ReplyRequest(Guid AccountId, Guid ConversationId, string Text, string AuthorName, bool TakeOver, string? RequestKey, Actor By)
{
    /// <summary>The AI's draft that the person began with. Whether the text still is that draft is decided where the reply is stored.</summary>
    public Guid? Draft { get; init; }
}

/// <summary>
/// A person's own message to a customer. Like every human act it is committed under the conversation's send gate, so that after its answer
/// no AI byte begins; nothing is added to its words, and it costs no AI message unless they are an AI's draft unchanged.
/// </summary>
internal sealed class SendReply(IMessageStore store, IChannel channel, SendGates gates, ReadDb reads, FaultPoints faults, TimeProvider time)
{
    /// <summary>Two merges in a row between a look and its commit do not happen by themselves.</summary>
    private const int Looks = 4;

    /// <summary>Refused, nothing is stored and nothing sent.</summary>
    public async Task<ReplyResult> RunAsync(ReplyRequest request, CancellationToken cancellationToken)
    {
        if (channel.AsTyped(request.Text) is not { } text)
        {
            return new ReplyResult(ReplyVerdict.TooLong);
        }

        if (text.Length == 0)
        {
            return new ReplyResult(ReplyVerdict.Empty);
        }

        var message = request.RequestKey is { } key ? IdOf(request.AccountId, request.ConversationId, key) : Guid.CreateVersion7(time.GetUtcNow());
        return await ActAsync(
            request.AccountId,
            request.ConversationId,
            conversation => store.ReplyAsync(new PersonReply(request.AccountId, conversation, message, text, request.AuthorName, request.TakeOver, request.By) { DraftId = request.Draft }, time.GetUtcNow()),
            cancellationToken);
    }

    /// <summary>A human act on the conversation that goes on, under its send gate: who answers in a merged one means the customer.</summary>
    /// <param name="act">Given the conversation, the store's answer.</param>
    public async Task<ReplyResult> ActAsync(Guid accountId, Guid conversation, Func<Guid, Task<ReplyResult>> act, CancellationToken cancellationToken)
    {
        for (var look = 0; look < Looks; look++)
        {
            ReplyResult result;
            using (await gates.EnterAsync(conversation, cancellationToken))
            {
                faults.Reach(FaultPoint.H0BeforeTakeover);
                result = await act(conversation);
                faults.Reach(FaultPoint.H1AfterTakeover);
            }

            if (result.Verdict != ReplyVerdict.Merged)
            {
                return result;
            }

            await using var db = reads.Open();
            conversation = (await ConversationFamily.ReadAsync(db, accountId, conversation, cancellationToken)).FirstOrDefault(conversation);
        }

        return new ReplyResult(ReplyVerdict.NotFound);
    }

    /// <summary>The same request has the same message: the table's own unique id refuses the second, also after a restart.</summary>
    public static Guid IdOf(Guid accountId, Guid conversationId, string key)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{accountId:N}/{conversationId:N}/{key}"));
        // Version 8: an id of our own making (RFC 9562).
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
