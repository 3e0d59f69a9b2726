namespace AiBotKit.Tests.Faults;

/// <summary>A stored customer message: its provider id and what became of it.</summary>
internal sealed record StoredMessage(string ProviderId, string? Outcome);

/// <summary>A send the provider accepted: our key, and the id the provider gave it.</summary>
internal sealed record AcceptedSend(string OpaqueKey, string ProviderId);

/// <summary>What must hold after the kills, whatever their points: nothing lost, nothing stored twice, no repeat without its mark.</summary>
internal static class KillHistory
{
    public static IReadOnlyList<string> Faults(
        IReadOnlyCollection<string> written, IReadOnlyCollection<StoredMessage> stored, IReadOnlyCollection<AcceptedSend> sends, IReadOnlySet<string> marked)
    {
        var byId = stored.ToLookup(static one => one.ProviderId);
        return
        [
            .. written.Where(id => !byId[id].Any()).Select(static id => $"lost: {id}"),
            .. byId.Where(static same => same.Count() > 1).Select(static same => $"stored {same.Count()} times: {same.Key}"),
            .. stored.Where(static one => one.Outcome != "answered").Select(static one => $"outcome {one.Outcome ?? "none"}: {one.ProviderId}"),
            .. sends.GroupBy(static one => one.OpaqueKey).Where(same => same.Count() > 1 && !same.Any(one => marked.Contains(one.ProviderId)))
                .Select(static same => $"sent {same.Count()} times without a mark: {same.Key}"),
        ];
    }
}
