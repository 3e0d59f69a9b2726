using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AiBotKit.PinnacleSimulator.Messages;

/// <summary>An error of the send API, Meta's form.</summary>
/// <param name="Message">Title, without the leading code.</param>
internal sealed record ApiError(int Status, int Code, string Message, string? Details = null, int? Subcode = null);

/// <summary>Error bodies in both forms: Meta's relayed one and Pinnacle's flat one (wire facts 1.1 and 6.1).</summary>
internal static class ApiErrors
{
    public const string OutsideWindow = "Message failed to send because more than 24 hours have passed since the customer last replied to this number.";

    public static ApiError Window { get; } = new(400, 131047, "Re-engagement message", OutsideWindow);

    public static ApiError Undeliverable { get; } = new(400, 131026, "Message undeliverable", "Message Undeliverable.");

    public static ApiError Unknown { get; } = new(500, 131000, "Something went wrong", "Message failed to send due to an unknown error.");

    public static ApiError Down { get; } = new(503, 131016, "Service unavailable", "A service is temporarily unavailable.");

    public static ApiError Pair(int status) => new(status, 131056, "(Business Account, Consumer Account) pair rate limit hit",
        "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.");

    public static ApiError Throughput(int status) => new(status, 130429, "Rate limit hit", "Message failed to send because there were too many messages sent from this phone number in a short period of time.");

    public static ApiError Missing(string parameter) => new(400, 131008, "Required parameter is missing", $"Parameter '{parameter}' is mandatory");

    public static ApiError Invalid(string details) => new(400, 131009, "Parameter value is not valid", details);

    public static ApiError Bad(string message) => new(400, 100, message);

    /// <summary>Meta's answer for an id that is not there.</summary>
    public static ApiError NoObject(string id, string verb) => new(400, 100,
        $"Unsupported {verb} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.", Subcode: 33);

    public static byte[] Body(ApiError error)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, WireJson.Writer))
        {
            json.WriteStartObject();
            json.WriteStartObject("error"u8);
            json.WriteString("message"u8, error.Subcode == 33 ? error.Message : string.Create(CultureInfo.InvariantCulture, $"(#{error.Code}) {error.Message}"));
            json.WriteString("type"u8, error.Subcode == 33 ? "GraphMethodException" : "OAuthException");
            json.WriteNumber("code"u8, error.Code);
            if (error.Details is not null)
            {
                json.WriteStartObject("error_data"u8);
                json.WriteString("messaging_product"u8, "whatsapp"u8);
                json.WriteString("details"u8, error.Details);
                json.WriteEndObject();
            }

            if (error.Subcode is { } subcode)
            {
                json.WriteNumber("error_subcode"u8, subcode);
            }

            json.WriteString("fbtrace_id"u8, "A" + RandomNumberGenerator.GetHexString(20));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Pinnacle's own flat form.</summary>
    public static byte[] Flat(int code, string message) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"code":{{code}},"status":"failed","message":"{{message}}"}"""));
}
