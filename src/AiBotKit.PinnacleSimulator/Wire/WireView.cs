using System.Text;

namespace AiBotKit.PinnacleSimulator.Wire;

/// <summary>A log entry as the control API shows it.</summary>
/// <param name="BodyBase64">The exact bytes; only in the full view.</param>
internal sealed record WireView(
    long Id, DateTimeOffset At, string Direction, string Method, string Url, string Kind, string Summary, int Status, double ElapsedMs,
    string? Signature, bool Signed, int Try, bool Duplicate, string? Customer, IReadOnlyList<string> Ids, string? Fault,
    IReadOnlyList<WireHeader>? Headers, string? Body, string? BodyBase64, string? Answer)
{
    /// <summary>Without headers and bytes.</summary>
    public static object Brief(object entry) => Of((WireEntry)entry, full: false);

    public static WireView Of(WireEntry entry, bool full) => new(
        entry.Id, entry.At, entry.Direction, entry.Method, entry.Url, entry.Kind, entry.Summary, entry.Status, Math.Round(entry.ElapsedMs, 2),
        entry.Signature, entry.Signed, entry.Try, entry.Duplicate, entry.Customer, entry.Ids, entry.Fault,
        full ? [.. entry.Headers.Select(static header => new WireHeader(header.Key, header.Value))] : null,
        full ? Encoding.UTF8.GetString(entry.Body) : null,
        full ? Convert.ToBase64String(entry.Body) : null,
        full ? Encoding.UTF8.GetString(entry.Answer) : null);
}

/// <summary>A header as it went over the wire; keys are shortened.</summary>
internal sealed record WireHeader(string Name, string Value);
