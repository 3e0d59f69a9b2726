using AiBotKit.Storage;

namespace AiBotKit.Durability;

/// <summary>
/// Adds the words of what was committed to the full-text indices: up to a second after the commit, in slices behind all other writes, from the place that was reached
/// before (stored with the words, so that a crash neither loses nor repeats one). In the commit itself they would cost every acknowledgement (docs/performance.md).
/// While callbacks fill the writer the index waits; afterwards it catches up at tens of thousands of messages a second.
/// </summary>
internal sealed partial class KeepSearchIndex(GroupCommitWriter writer, CommitSignals signals, TimeProvider time, ILogger<KeepSearchIndex> logger) : BackgroundService
{
    public const int MessagesOfSlice = 500;

    private const int ContactsOfSlice = 100;
    private const int ShortestPart = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly AsyncSignal _wake = new();

    /// <summary>Adds all that is committed now.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot commit; what is missing is added later.</exception>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        int added;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            added = await writer.WriteBulkAsync(session => Messages(session) + Contacts(session));
        }
        while (added > 0);
    }

    /// <summary>
    /// The words under which a number is found: itself and its endings, so that somebody who types the last digits finds it too. Other addresses as they are.
    /// </summary>
    public static string NumberWords(string address) => address.Length > ShortestPart && address.All(char.IsAsciiDigit)
        ? string.Join(' ', Enumerable.Range(0, address.Length - ShortestPart + 1).Select(from => address[from..]))
        : address;

    /// <summary>Who has changed number is found by the one of before too.</summary>
    private static string Numbers(string address, string first) => address == first ? NumberWords(address) : $"{NumberWords(address)} {NumberWords(first)}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        signals.Changed += Wake;
        try
        {
            while (true)
            {
                try
                {
                    await RunOnceAsync(stoppingToken);
                }
                catch (StoreUnavailableException)
                {
                    LogUnavailable();
                }

                await Task.Delay(Pause, time, stoppingToken);
                await _wake.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The rest is added after the next start.
        }
        finally
        {
            signals.Changed -= Wake;
        }
    }

    private void Wake(Guid accountId, Guid conversationId, long version) => _wake.Set();

    private static int Messages(WriteSession session)
    {
        var reached = (long)session.Statement("SELECT Seq FROM search_progress").ExecuteScalar()!;
        if (session.Statement("SELECT max(Seq) FROM messages").ExecuteScalar() is not long newest || newest <= reached)
        {
            return 0;
        }

        var end = Math.Min(newest, reached + MessagesOfSlice);
        session.Execute(
            $"INSERT INTO search_messages (rowid, Text, Scope) SELECT Seq, Text, 'a' || lower(hex(AccountId)) FROM messages WHERE Seq > $1 AND Seq <= $2 AND {SearchSchema.Found} ORDER BY Seq",
            reached,
            end);
        session.Execute("UPDATE search_progress SET Seq = $1", end);
        return (int)(end - reached);
    }

    private static int Contacts(WriteSession session)
    {
        var due = new List<(Guid Id, string Name, string Number, string Scope)>();
        using (var reader = session.Statement(
            """
            SELECT c.Id, ifnull(c.ContactName, ''), c.Address, 'a' || lower(hex(c.AccountId)), substr(c.SessionId, 4) FROM search_people_due d JOIN conversations c ON c.Id = d.ConversationId LIMIT $1
            """,
            ContactsOfSlice).ExecuteReader())
        {
            while (reader.Read())
            {
                due.Add((reader.Id(0), reader.GetString(1), Numbers(reader.GetString(2), reader.GetString(4)), reader.GetString(3)));
            }
        }

        foreach (var (id, name, number, scope) in due)
        {
            session.Execute("DELETE FROM search_people WHERE ConversationId = $1", id);
            session.Execute("INSERT INTO search_people (ConversationId, Name, Number, Scope) VALUES ($1, $2, $3, $4)", id, name, number, scope);
            session.Execute("DELETE FROM search_people_due WHERE ConversationId = $1", id);
        }

        return due.Count;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "New messages could not be added to the search; they are added when the store saves again")]
    private partial void LogUnavailable();
}
