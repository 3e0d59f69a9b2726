using AiBotKit.Dashboard.Inbox;
using AiBotKit.Knowledge.Embedding;
using AiBotKit.Storage;

namespace AiBotKit.Dashboard.Health;

/// <summary>One figure of the health page, coloured by what was promised.</summary>
/// <param name="Tone"><c>good</c>, <c>soon</c>, <c>bad</c>, or empty when nothing was promised about it.</param>
/// <param name="Word">Says the tone in a word, so that the colour never stands alone.</param>
public sealed record FigureView(string Name, string Value, string Tone, string Word, string Note);

/// <summary>What the health page is made of.</summary>
/// <param name="OldestUnanswered">Receipt of the oldest customer message whose answer is due.</param>
/// <param name="Queue">Conversations with an answer due.</param>
/// <param name="Unsent">Messages not yet handed over.</param>
/// <param name="QuarantinedSince">Time of the snapshot that this installation was restored from, while it is held back.</param>
/// <param name="StoreHealthy">False after a failed commit until one succeeds.</param>
/// <param name="Database">What is known of its pages.</param>
/// <param name="Unconfirmed">Messages that the provider may or may not have taken.</param>
/// <param name="EmbeddedModels">The worse of the sentence and the language model.</param>
internal sealed record HealthFacts(
    DateTimeOffset? OldestUnanswered,
    int Queue,
    int Unsent,
    int Unconfirmed,
    DateTimeOffset? LastWebhook,
    DateTimeOffset? LastSend,
    long LogBytes,
    int DeadLetters,
    DateTimeOffset? QuarantinedSince,
    bool StoreHealthy,
    DatabaseState Database,
    ModelState EmbeddedModels);

/// <summary>The limits: 30 s to an answer is good, 2 minutes is late; the write-ahead log is meant to stay under 64 MB.</summary>
internal static class HealthRules
{
    private const long LogLimit = 64L << 20;

    public static IReadOnlyList<FigureView> Figures(HealthFacts facts, DateTimeOffset now)
    {
        var wait = facts.OldestUnanswered is { } oldest ? now - oldest : TimeSpan.Zero;
        return
        [
            .. Quarantine(facts.QuarantinedSince, now),
            facts.OldestUnanswered is null
                ? new("Oldest unanswered", "None", "good", "Good", "Every message is answered or stored with its reason.")
                : Toned("Oldest unanswered", TimeWords.Span(wait), wait < TimeSpan.FromSeconds(30) ? 0 : wait < TimeSpan.FromMinutes(2) ? 1 : 2, "Target: an answer within 30 s. Nothing is lost while it waits."),
            Toned("Answers due", Number(facts.Queue), facts.Queue < 50 ? 0 : facts.Queue < 500 ? 1 : 2, "Conversations in which an answer is due or being made."),
            Toned("To be sent", Number(facts.Unsent), facts.Unsent < 50 ? 0 : facts.Unsent < 500 ? 1 : 2, "Messages waiting for WhatsApp's own speed limits or a retry."),
            Toned("Not confirmed", Number(facts.Unconfirmed), facts.Unconfirmed == 0 ? 0 : 1, "WhatsApp may or may not have taken them; settled by its next status."),
            new("Last message in", Ago(facts.LastWebhook, now), "", "", "The latest call from WhatsApp."),
            new("Last message out", Ago(facts.LastSend, now), "", "", "The latest hand-over to WhatsApp."),
            Toned("Dead letters", Number(facts.DeadLetters), facts.DeadLetters == 0 ? 0 : 2, facts.DeadLetters == 0 ? "Everything that came in was understood." : "Kept whole. Look at them and replay them."),
            facts.StoreHealthy
                ? new("Store", "Writing", "good", "Good", "Callbacks are acknowledged after they are on disk.")
                : new("Store", "Not writing", "bad", "Act", "The disk is full or failing: WhatsApp sends again what it was not acknowledged."),
            facts.Database switch
            {
                DatabaseState.Sound => new("Database", "Sound", "good", "Good", "Every page was checked at the last start."),
                DatabaseState.Checking => new("Database", "Being checked", "", "", "It is large: its pages are read while the server works."),
                _ => new("Database", "Damaged", "bad", "Act", "Nothing is written any more; WhatsApp keeps what it was not acknowledged. Stop the server and restore a backup."),
            },
            facts.EmbeddedModels switch
            {
                ModelState.Ready => new("Embedded models", "Ready", "good", "Good", "English questions are found by meaning too."),
                ModelState.Missing => new("Embedded models", "Not installed", "", "", "Answers are found by words alone."),
                _ => new("Embedded models", "Damaged", "bad", "Act", "Answers are found by words alone. Put the folder models of the release back, then restart."),
            },
            Toned("Write-ahead log", Megabytes(facts.LogBytes), facts.LogBytes < LogLimit / 2 ? 0 : facts.LogBytes <= LogLimit ? 1 : 2, "Stays under 64 MB when checkpoints keep up."),
        ];
    }

    private static IEnumerable<FigureView> Quarantine(DateTimeOffset? since, DateTimeOffset now)
    {
        if (since is { } snapshot)
        {
            yield return Toned("Quarantine", "Nothing is sent", 2, $"Restored from a backup, {Ago(snapshot, now)}. Messages are stored; release it when the original can send nothing any more.");
        }
    }

    private static FigureView Toned(string name, string value, int level, string note) => level switch
    {
        0 => new(name, value, "good", "Good", note),
        1 => new(name, value, "soon", "Watch", note),
        _ => new(name, value, "bad", "Act", note),
    };

    private static string Number(int value) => value.ToString("N0", System.Globalization.CultureInfo.InvariantCulture);

    private static string Ago(DateTimeOffset? at, DateTimeOffset now) => at is { } then ? TimeWords.Span(now - then) + " ago" : "Never";

    private static string Megabytes(long bytes) => (bytes / 1048576.0).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture) + " MB";
}
