using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Storage;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>A message that was found, as a row.</summary>
/// <param name="By">Who said it, when it was not the customer.</param>
public sealed record FoundRow(Guid ConversationId, long Seq, string Name, bool WhatsApp, string? By, IReadOnlyList<TextPart> Snippet, TimeView Time);

/// <summary>Somebody whose name or number has the words.</summary>
public sealed record FoundPerson(InboxRow Row, IReadOnlyList<TextPart> Name, IReadOnlyList<TextPart> Number);

/// <summary>People first, then messages.</summary>
/// <param name="More">Where the next messages begin; null at the end.</param>
public sealed record FoundInInbox(IReadOnlyList<FoundPerson> People, IReadOnlyList<FoundRow> Messages, long? More);

/// <summary>Looks for words in names, numbers and messages, within what the list is filtered to.</summary>
internal sealed class FindInInbox(ReadDb reads, SearchMessages messages, TimeProvider time)
{
    /// <summary>Messages at a time.</summary>
    public const int Step = 40;

    private const int MostPeople = 20;
    private const int SnippetLength = 140;

    /// <param name="before">Brings the messages behind this place, and no people.</param>
    public async Task<FoundInInbox> RunAsync(InboxViewer viewer, InboxQuery query, long? before, CancellationToken cancellationToken)
    {
        if (SearchWords.Parse(query.Search) is not { } words)
        {
            return new FoundInInbox([], [], null);
        }

        var now = time.GetUtcNow();
        var found = await messages.RunAsync(viewer.AccountId, viewer.Person, words, query.Filter, before, Step, cancellationToken);
        var people = before is null ? await PeopleAsync(viewer, words, query.Filter, now, cancellationToken) : [];
        return new FoundInInbox(
            [.. people.Select(row => new FoundPerson(row, words.Snippet(row.Name, SnippetLength), words.Snippet(row.Number, SnippetLength)))],
            [.. found.Hits.Select(hit => Row(hit, words, now, viewer.Zone))],
            found.Next);
    }

    private async Task<List<InboxRow>> PeopleAsync(InboxViewer viewer, SearchWords words, ConversationFilter filter, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var ids = await FindContacts.RunAsync(db, viewer.AccountId, words, cancellationToken);
        if (ids.Count == 0)
        {
            return [];
        }

        var wanted = ConversationFamily.Shown(db, viewer.AccountId).Where(c => ids.Contains(c.Id)).Matching(db, viewer.AccountId, filter, viewer.Person, now).LatestFirst().Take(MostPeople);
        return await InboxRows.ReadAsync(db, viewer.AccountId, viewer.Person, wanted, now, viewer.Zone, cancellationToken);
    }

    private static FoundRow Row(MessageHit hit, SearchWords words, DateTimeOffset now, TimeZoneInfo zone) => new(
        hit.ConversationId,
        hit.Seq,
        string.IsNullOrWhiteSpace(hit.ContactName) ? InboxRules.Number(hit.Address) : hit.ContactName,
        hit.Channel == "whatsapp",
        hit.Role switch { MessageRole.Owner => hit.AuthorName ?? "Owner", MessageRole.Assistant => "AI", _ => null },
        words.Snippet(hit.Text, SnippetLength),
        TimeWords.InList(hit.At, now, zone));
}
