using System.Text.Json;

namespace AiBotKit.Channels.WhatsApp.Providers;

/// <summary>Reads a page of <c>message_templates</c> (wire facts 1.1). A row that names no template is left out.</summary>
internal static class TemplateAnswers
{
    /// <summary>So many fit into an answer of the size that is read, at the lengths that WhatsApp allows.</summary>
    public const int PageSize = 50;

    private const int LongestParts = 32 * 1024;

    public static TemplatePage? Read(JsonElement root)
    {
        if (!root.TryGetArray("data"u8, out var rows))
        {
            return null;
        }

        var templates = new List<ProviderTemplate>();
        foreach (var row in rows.EnumerateArray())
        {
            if (row.Line("name"u8, 512) is { } name && row.Line("language"u8, 20) is { } language && row.Line("status"u8, 32) is { } status)
            {
                templates.Add(new ProviderTemplate(name, language, status.ToUpperInvariant(), row.Line("category"u8, 64)?.ToUpperInvariant() ?? "", Reason(row), Parts(row)));
            }
        }

        // Meta says with "next" that there is more; a relay may leave that out, then a full page means the same.
        var isMore = root.TryGet("paging"u8, out var paging) && (paging.Text("next"u8) is { Length: > 0 } || rows.GetArrayLength() >= PageSize);
        return new TemplatePage(templates, isMore && paging.TryGet("cursors"u8, out var cursors) ? cursors.Line("after"u8, 1024) : null);
    }

    private static string? Reason(JsonElement row) => row.Line("rejected_reason"u8, 512) is { } reason && !reason.Equals("NONE", StringComparison.OrdinalIgnoreCase) ? reason : null;

    private static string Parts(JsonElement row) => row.TryGetArray("components"u8, out var parts) && parts.GetRawText() is { Length: <= LongestParts } text ? text : "[]";
}
