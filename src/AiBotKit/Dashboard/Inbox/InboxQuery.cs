using AiBotKit.Conversations;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>What the list shows, as it stands in the page's address: a link to it shows the same, and so does a reload.</summary>
/// <param name="Search">As typed.</param>
public sealed record InboxQuery(ConversationFilter Filter, string Search)
{
    public static InboxQuery All { get; } = new(ConversationFilter.None, "");

    /// <summary>From the address. A value that means nothing is left out: an old link still leads to a list.</summary>
    public static InboxQuery Parse(string? bot, string? channel, string? owner, string? unread, string? closing, string? failed, string? label, string? search) => new(
        (ConversationFilter.Parse(bot, null, null, null, null, null) ?? ConversationFilter.None) with
        {
            Channel = ConversationFilter.Parse(null, channel, null, null, null, null)?.Channel,
            Owner = ConversationFilter.Parse(null, null, owner, null, null, null)?.Owner,
            Label = ConversationFilter.Parse(null, null, null, null, null, null, label)?.Label,
            Unread = unread == "true",
            Closing = closing == "true",
            Failed = failed == "true",
        },
        search is null ? "" : search[..Math.Min(search.Length, SearchWords.MaxLength)]);

    /// <summary>Another page of the inbox with the list as it is now.</summary>
    public static string Keep(string path, NavigationManager navigation)
    {
        var given = QueryHelpers.ParseQuery(new Uri(navigation.Uri).Query);
        return path + Parse(Of("bot"), Of("channel"), Of("owner"), Of("unread"), Of("closing"), Of("failed"), Of("label"), Of("q"));

        string? Of(string name) => given.TryGetValue(name, out var value) ? value.ToString() : null;
    }

    /// <summary>The part of an address from the question mark on; empty for the whole list.</summary>
    public override string ToString()
    {
        (string Name, string? Value)[] parts =
        [
            ("bot", Filter.Bot?.ToString()),
            ("channel", Filter.Channel),
            ("owner", Filter.Owner?.ToString().ToLowerInvariant()),
            ("unread", Filter.Unread ? "true" : null),
            ("closing", Filter.Closing ? "true" : null),
            ("failed", Filter.Failed ? "true" : null),
            ("label", Filter.Label is { } label ? Uri.EscapeDataString(label) : null),
            ("q", Search.Length > 0 ? Uri.EscapeDataString(Search) : null),
        ];
        var given = string.Join('&', parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={part.Value}"));
        return given.Length == 0 ? "" : "?" + given;
    }
}
