using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AiBotKit.Bench.EndToEnd;

namespace AiBotKit.Bench.Acks;

/// <summary>Whole HTTP requests, signed, as the provider sends them: one text message each, every one with an id of its own.</summary>
internal static class Callbacks
{
    private const string Text = "Hello, do you deliver to the islands as well, and how long does it take? I would like to order two bags.";

    /// <param name="customers">Customers, taking turns.</param>
    public static byte[][] Make(int count, int customers, string run)
    {
        var secret = Encoding.UTF8.GetBytes(RigSettings.Secret);
        var at = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var requests = new byte[count][];
        for (var i = 0; i < count; i++)
        {
            var phone = (15_552_000_000 + (i % customers)).ToString(CultureInfo.InvariantCulture);
            var body = Encoding.UTF8.GetBytes($$$"""
                {"object":"whatsapp_business_account","entry":[{"id":"{{{RigSettings.WabaId}}}","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"{{{RigSettings.DisplayNumber}}}","phone_number_id":"{{{RigSettings.Number}}}"},"contacts":[{"profile":{"name":"Customer {{{i % customers}}}"},"wa_id":"{{{phone}}}"}],"messages":[{"from":"{{{phone}}}","id":"wamid.{{{run}}}{{{i:D9}}}AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","timestamp":"{{{at}}}","text":{"body":"{{{Text}}}"},"type":"text"}]},"field":"messages"}]}]}
                """.Trim());
            var head = $"POST /api/whatsapp/callback HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Hub-Signature-256: sha256={Convert.ToHexStringLower(HMACSHA256.HashData(secret, body))}\r\nContent-Length: {body.Length}\r\n\r\n";
            requests[i] = [.. Encoding.ASCII.GetBytes(head), .. body];
        }

        return requests;
    }
}
