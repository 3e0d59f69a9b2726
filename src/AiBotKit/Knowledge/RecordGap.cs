using AiBotKit.Knowledge.Language;
using AiBotKit.Storage;

namespace AiBotKit.Knowledge;

/// <summary>Writes down what could not be answered.</summary>
internal sealed class RecordGap(IDataWriter writer, TimeProvider time)
{
    private const int LongestQuestion = 500;

    /// <param name="nearest">Titles of what came closest, best first; the first three are kept.</param>
    /// <param name="evidence">Best evidence found, 0..1.</param>
    /// <param name="mayKeep">Asked inside the write: false when who asked was erased meanwhile.</param>
    public Task RunAsync(Guid accountId, Guid chatbotId, Guid? conversationId, string question, IEnumerable<string> nearest, double evidence, Func<AppDbContext, bool>? mayKeep = null)
    {
        var now = time.GetUtcNow();
        return writer.SaveAsync(db =>
        {
            if (mayKeep?.Invoke(db) != false)
            {
                Record(db, accountId, chatbotId, conversationId, question, nearest, evidence, now);
            }
        });
    }

    /// <summary>Under what a question is kept: the same words, however they are written, are one gap.</summary>
    public static string KeyOf(string question) => TextFolding.Fold(Cut(question));

    private static string Cut(string question) => question.Length > LongestQuestion ? question[..LongestQuestion] : question;

    /// <summary>The same inside somebody else's write, so that a gap is recorded in the transaction of its turn.</summary>
    public static void Record(AppDbContext db, Guid accountId, Guid chatbotId, Guid? conversationId, string question, IEnumerable<string> nearestTitles, double evidence, DateTimeOffset now)
    {
        var (text, key) = (Cut(question), KeyOf(question));
        if (key.Length == 0)
        {
            return;
        }

        var nearest = string.Join('\n', nearestTitles.Distinct(StringComparer.Ordinal).Take(3));
        var known = db.Set<Gap>().FirstOrDefault(g => g.AccountId == accountId && g.ChatbotId == chatbotId && g.Key == key);
        if (known is not null)
        {
            known.Count++;
            known.LastSeenAt = now;
            known.ConversationId = conversationId ?? known.ConversationId;
            known.Nearest = nearest;
            known.Evidence = evidence;
            return;
        }

        db.Add(new Gap
        {
            Id = Guid.CreateVersion7(now),
            AccountId = accountId,
            ChatbotId = chatbotId,
            Key = key,
            Question = text,
            ConversationId = conversationId,
            FirstSeenAt = now,
            LastSeenAt = now,
            Nearest = nearest,
            Evidence = evidence,
        });
    }
}
