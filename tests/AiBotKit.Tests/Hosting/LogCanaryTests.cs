using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AiBotKit.Tests.Channels.WhatsApp;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Simulator;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Hosting;

/// <summary>The whole log of the real binary over a conversation, refusals and failures: no text, number, name or secret of anybody (S-P1), no control characters of strangers (S-P2).</summary>
public sealed class LogCanaryTests
{
    private const string Number = "15550100777";
    private const string Name = "Asha Example";
    private const string Said = "planted-words-of-a-customer";
    private const string Answered = "planted-words-of-the-owner";
    private const string Key = "planted-api-key-0123456789";
    private const string VerifyToken = "planted-verify-token";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_of_a_conversation_and_no_secret_is_in_the_log()
    {
        var folder = Directory.CreateTempSubdirectory("aibotkit-canary-").FullName;
        await using var simulator = await SimulatorFixture.StartAsync("DemoCustomers=false");
        using var product = Product.Start(
            folder, "--Data:Path=data", "--Urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Information", "--Api:Key=" + Key, "--WhatsApp:VerifyToken=" + VerifyToken,
            "--WhatsApp:CallbackSecret=" + SimulatorFixture.Secret, "--Chatbots:0:Name=Shop", "--Conversations:QuietWindowMs=0", "--WhatsApp:Connections:0:BaseUrl=" + simulator.Url,
            "--WhatsApp:Connections:0:PhoneNumberId=" + SimulatorFixture.Number, "--WhatsApp:Connections:0:ApiKey=" + SimulatorFixture.Key);
        using var http = new HttpClient { BaseAddress = new Uri(await product.AddressAsync()) };
        await product.ReadyAsync(http);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        await http.PostAsJsonAsync("/api/knowledge/questions", new { question = Said, answer = Answered }, Stop);
        var set = await simulator.CallAsync($"/v3/{SimulatorFixture.Number}/setwebhook", JsonSerializer.Serialize(new { webhook_url = new Uri(http.BaseAddress, RawCall.Path).ToString(), headers = new { } }));
        set.Status.ShouldBe(200);
        await simulator.SayAsync(new { text = Said }, Number);
        await WaitAsync(http, 1);

        // A second customer, whose answer the provider refuses (no window there), and what strangers try.
        var body = Encoding.UTF8.GetBytes(WireFixtures.Text("inbound-text.json").Replace("\"1784000000\"", $"\"{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}\"", StringComparison.Ordinal)
            .Replace("15550100101", "15550100778", StringComparison.Ordinal).Replace("Hi! What are your opening hours?", Said, StringComparison.Ordinal));
        using (var signed = await RawCall.PostAsync(http.BaseAddress, body, $"Content-Length: {body.Length}", "X-Hub-Signature-256: " + TextCallback.Sign(body)))
        {
            (await signed.StatusAsync(Stop)).ShouldBe(200);
        }

        await WaitAsync(http, 2);
        using (var forged = await RawCall.PostAsync(http.BaseAddress, body, $"Content-Length: {body.Length}", "X-Hub-Signature-256: sha256=00"))
        {
            (await forged.StatusAsync(Stop)).ShouldBe(401);
        }

        using (var nobody = new HttpClient { BaseAddress = http.BaseAddress })
        {
            nobody.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer planted-wrong-key");
            await nobody.GetAsync("/api/conversations?x=%0d%0aforged-line%1b[31m", Stop);
            await nobody.GetAsync($"/api/whatsapp/callback?hub.mode=subscribe&hub.challenge=1&hub.verify_token={VerifyToken}", Stop);
            await nobody.GetAsync("/sign-in?returnUrl=%0aforged-line", Stop);
        }

        product.Terminate();
        (await product.ExitAsync()).Code.ShouldBe(0);
        var log = string.Join('\n', product.Log);
        log.ShouldContain("Application started");
        foreach (var planted in new[] { Number, "15550100778", Name, Said, Answered, Key, VerifyToken, SimulatorFixture.Secret, SimulatorFixture.Key, "planted-wrong-key", "opening hours" })
        {
            log.ShouldNotContain(planted);
        }

        product.Log.ShouldNotContain(line => line.StartsWith("forged-line", StringComparison.Ordinal) || line.Contains('\u001b'));
        Directory.Delete(folder, true);
    }

    /// <summary>Until so many conversations have an assistant's message that was sent or given up.</summary>
    private static async Task WaitAsync(HttpClient http, int conversations)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var done = 0;
            foreach (var conversation in (await http.GetFromJsonAsync<JsonElement>("/api/conversations", patience.Token)).GetProperty("items").EnumerateArray())
            {
                var messages = (await http.GetFromJsonAsync<JsonElement>($"/api/conversations/{conversation.GetProperty("id").GetString()}/messages", patience.Token)).GetProperty("items").EnumerateArray();
                done += messages.Any(m => TalkingShop.Role(m) == "assistant" && TalkingShop.Status(m) is not ("new" or "sending" or "unconfirmed")) ? 1 : 0;
            }

            if (done >= conversations)
            {
                return;
            }

            await Task.Delay(50, patience.Token);
        }
    }
}
