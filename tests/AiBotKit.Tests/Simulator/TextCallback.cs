using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AiBotKit.Tests.Simulator;

/// <summary>A callback of one text message to <see cref="SimulatorFixture.Number"/>, written and signed without the product's or the simulator's code.</summary>
internal static class TextCallback
{
    /// <param name="at">When the customer wrote it; now when not given.</param>
    /// <param name="name">The customer's profile name; left out when not given.</param>
    public static byte[] Body(string id, string text, string customer = SimulatorFixture.Customer, DateTimeOffset? at = null, string? name = null)
    {
        var timestamp = (at ?? TimeProvider.System.GetUtcNow()).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            @object = "whatsapp_business_account",
            entry = new[]
            {
                new
                {
                    id = "200000000000001",
                    changes = new[]
                    {
                        new
                        {
                            field = "messages",
                            value = new
                            {
                                messaging_product = "whatsapp",
                                metadata = new { display_phone_number = "15550100001", phone_number_id = SimulatorFixture.Number },
                                contacts = name is null ? [] : new[] { new { wa_id = customer, profile = new { name } } },
                                messages = new[] { new { from = customer, id, timestamp, type = "text", text = new { body = text } } },
                            },
                        },
                    },
                },
            },
        });
    }

    public static string Sign(byte[] body) => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(SimulatorFixture.Secret), body));
}
