using AiBotKit.Hosting;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Channels.WhatsApp.Sharing;

/// <summary>What an owner hands to customers: the link, and codes that lead to it.</summary>
/// <param name="QrPng">PNG, base64 in JSON.</param>
/// <param name="QrSvg">SVG text.</param>
internal sealed record Share(string Link, byte[] QrPng, string QrSvg)
{
    /// <summary>Null when it is no number.</summary>
    public static Share? Of(string? number, string? text) => WaMeLink.For(number, text) is { } link ? new Share(link, QrCode.Png(link), QrCode.Svg(link)) : null;
}

/// <summary>The share of a connection.</summary>
internal sealed class ReadShare(ReadDb reads)
{
    /// <param name="text">The first message; null for none.</param>
    /// <returns>Not found when the account has no such connection; no share when it is disconnected, or its number is not known as one that customers can dial.</returns>
    public async Task<(bool Found, bool IsLive, Share? Share)> RunAsync(Guid accountId, Guid connectionId, string? text, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var found = await db.Set<Connection>().Where(c => c.AccountId == accountId && c.Id == connectionId).Select(c => new { c.DisplayPhoneNumber, c.DisconnectedAt }).FirstOrDefaultAsync(cancellationToken);
        return found is { DisconnectedAt: null } ? (true, true, Share.Of(found.DisplayPhoneNumber, text)) : (found is not null, false, null);
    }
}
