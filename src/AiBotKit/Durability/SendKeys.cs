using System.Globalization;

namespace AiBotKit.Durability;

/// <summary>
/// Our key of one hand-over, echoed by statuses (biz_opaque_callback_data): the row's key, and from the second hand-over on its number.
/// Without the number a late status of a lost first hand-over could not be told from one of the second. Pure.
/// </summary>
internal static class SendKeys
{
    public static string Of(string rowKey, int attempt) => attempt <= 1 ? rowKey : string.Create(CultureInfo.InvariantCulture, $"{rowKey}.{attempt}");

    /// <summary>Any text gives something; one that is no key of ours matches no row.</summary>
    public static (string RowKey, int Attempt) Parse(string key) =>
        key.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && int.TryParse(key.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            ? (key[..dot], attempt)
            : (key, 1);
}
