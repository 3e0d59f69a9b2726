using AiBotKit.Knowledge.Language;
using AiBotKit.Storage;

namespace AiBotKit.Knowledge;

/// <summary>Somebody answers a question: it joins the knowledge and is a gap no longer.</summary>
internal sealed class TeachQuestion(StoreDocument store, CloseGap gaps)
{
    /// <param name="gapId">The gap that the answer closes, besides one of the same question.</param>
    public async Task<StoredDocument> RunAsync(Guid accountId, Guid chatbotId, string question, string answer, Guid? gapId, CancellationToken cancellationToken)
    {
        var stored = await store.RunAsync(NewDocument.Question(accountId, chatbotId, question, answer), cancellationToken);
        if (stored.Problem is null)
        {
            await gaps.OfQuestionAsync(accountId, chatbotId, question, gapId);
        }

        return stored;
    }
}

/// <summary>Takes gaps off the list: answered, or not worth an answer. One that is asked again comes back.</summary>
internal sealed class CloseGap(IDataWriter writer)
{
    /// <summary>False when the account has no such gap.</summary>
    public Task<bool> RunAsync(Guid accountId, Guid gapId) =>
        writer.SaveAsync(db =>
        {
            var gap = db.Set<Gap>().FirstOrDefault(g => g.AccountId == accountId && g.Id == gapId);
            if (gap is not null)
            {
                db.Remove(gap);
            }

            return gap is not null;
        });

    public Task OfQuestionAsync(Guid accountId, Guid chatbotId, string question, Guid? gapId)
    {
        var key = TextFolding.Fold(question);
        return writer.SaveAsync(db => db.RemoveRange(db.Set<Gap>().Where(g => g.AccountId == accountId && g.ChatbotId == chatbotId && (g.Key == key || g.Id == gapId))));
    }
}
