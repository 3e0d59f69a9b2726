using System.Text.Json;

namespace AiBotKit.Conversations;

/// <summary>
/// What a message's stored content (JSON with a <c>kind</c>) says about another message, and where the customer came from. Reads by name
/// and survives anything: a missing or strange field is left out, content that is no JSON object says nothing.
/// </summary>
/// <param name="Kind">The stored kind; null when there is none.</param>
/// <param name="TargetProviderId">Of a reaction, an edit or a revocation.</param>
/// <param name="Emoji">Of a reaction; null when it was taken back.</param>
/// <param name="Forwarded">The customer passed on somebody else's message.</param>
internal sealed record ContentMarks(string? Kind, string? TargetProviderId, string? Emoji, MessageReferral? Referral, bool Forwarded)
{
    public static ContentMarks Nothing { get; } = new(null, null, null, null, false);

    public static ContentMarks Read(string? json)
    {
        if (json is null)
        {
            return Nothing;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return Of(document.RootElement);
        }
        catch (JsonException)
        {
            return Nothing;
        }
    }

    public static ContentMarks Of(JsonElement root) => root.ValueKind == JsonValueKind.Object
        ? new ContentMarks(
            Text(root, "kind"),
            Text(root, "targetProviderId"),
            Text(root, "emoji"),
            root.TryGetProperty("referral", out var referral) && referral.ValueKind == JsonValueKind.Object ? ReferralOf(referral) : null,
            root.TryGetProperty("forwarded", out var forwarded) && forwarded.ValueKind == JsonValueKind.True)
        : Nothing;

    private static MessageReferral ReferralOf(JsonElement referral) => new(
        Text(referral, "sourceType"), Text(referral, "sourceId"), Text(referral, "sourceUrl"), Text(referral, "headline"), Text(referral, "body"), Text(referral, "clickId"));

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}

/// <summary>The ad or post that a customer came from, as the channel described it.</summary>
/// <param name="SourceType"><c>ad</c> or <c>post</c>.</param>
/// <param name="SourceUrl">As sent; not checked.</param>
/// <param name="ClickId">The ad platform's id of the click.</param>
internal sealed record MessageReferral(string? SourceType, string? SourceId, string? SourceUrl, string? Headline, string? Body, string? ClickId);
