using AiBotKit.Storage;

namespace AiBotKit.Durability.Audit;

/// <summary>What is to be recorded; see <see cref="AuditEntry"/> for the meaning of each part.</summary>
internal sealed record AuditNote(Guid AccountId, Actor By, string Act, string? About = null, string? AboutId = null, string? Detail = null);

/// <summary>Adds to the audit trail inside a write, so that an act and its line are on disk together or not at all.</summary>
internal static class AuditTrail
{
    private const int LongestName = 80;
    private const int LongestText = 200;

    public static void Append(AppDbContext db, AuditNote note, DateTimeOffset now) => db.Add(new AuditEntry
    {
        Id = Guid.CreateVersion7(now),
        AccountId = note.AccountId,
        At = now,
        Act = note.Act,
        By = note.By.Kind,
        ById = note.By.Id,
        ByName = Cut(note.By.Name, LongestName),
        Address = note.By.Address,
        About = note.About,
        AboutId = Cut(note.AboutId, LongestText),
        Detail = Cut(note.Detail, LongestText),
    });

    public static void Append(WriteSession session, AuditNote note, DateTimeOffset now) => session.Execute(
        """
        INSERT INTO audit (Id, AccountId, At, Act, "By", ById, ByName, Address, About, AboutId, Detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        Guid.CreateVersion7(now),
        note.AccountId,
        now,
        note.Act,
        (int)note.By.Kind,
        note.By.Id,
        Cut(note.By.Name, LongestName),
        note.By.Address,
        note.About,
        Cut(note.AboutId, LongestText),
        Cut(note.Detail, LongestText));

    private static string? Cut(string? text, int length) =>
        text is null || text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1)] + "…";
}
