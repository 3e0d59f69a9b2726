using AiBotKit.PinnacleSimulator.Wire;

namespace AiBotKit.PinnacleSimulator.Messages;

/// <summary>Writes answers of the provider API and notes them in the wire log.</summary>
internal static class ApiReply
{
    private static readonly object EntryKey = new();

    /// <summary>The log entry of this request; null when the log is off.</summary>
    public static WireEntry? Entry(this HttpContext http) => http.Items.TryGetValue(EntryKey, out var entry) ? (WireEntry?)entry : null;

    public static void SetEntry(this HttpContext http, WireEntry entry) => http.Items[EntryKey] = entry;

    public static async Task JsonAsync(this HttpContext http, int status, byte[] body, string contentType = "application/json; charset=utf-8")
    {
        if (http.Entry() is { } entry)
        {
            entry.Answer = body;
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    public static Task ErrorAsync(this HttpContext http, ApiError error) => http.JsonAsync(error.Status, ApiErrors.Body(error));

    public static Task FlatAsync(this HttpContext http, int status, int code, string message) => http.JsonAsync(status, ApiErrors.Flat(code, message));
}
