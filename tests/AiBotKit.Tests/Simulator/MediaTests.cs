using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Simulator;

public sealed class MediaTests
{
    private static readonly byte[] Bytes = [0x89, 0x50, 0x4e, 0x47, 1, 2, 3, 0xff];

    [Theory]
    [InlineData("file", "Meta")]
    [InlineData("sheet", "Meta")]
    [InlineData("sheet", "Wrapped")]
    public async Task An_upload_comes_back_byte_for_byte(string part, string mode)
    {
        await using var simulator = await SimulatorFixture.StartAsync($"MediaAnswer={mode}");
        var id = await UploadAsync(simulator, part, mode);

        var info = await simulator.CallAsync($"/v3/{id}", "", method: HttpMethod.Get);
        info.Body.GetProperty("mime_type").GetString().ShouldBe("image/png");
        info.Body.GetProperty("file_size").GetInt32().ShouldBe(Bytes.Length);
        info.Body.GetProperty("sha256").GetString().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Bytes)));

        (await DownloadAsync(simulator, HttpMethod.Get, info.Body.GetProperty("url").GetString()!)).ShouldBe((200, Convert.ToHexString(Bytes)));
        (await DownloadAsync(simulator, HttpMethod.Post, $"/v3/downloadMedia/{id}")).ShouldBe((200, Convert.ToHexString(Bytes)));
        (await simulator.CallAsync($"/v3/{id}", "", method: HttpMethod.Delete)).Status.ShouldBe(200);
        (await simulator.CallAsync($"/v3/{id}", "", method: HttpMethod.Get)).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_url_is_good_for_five_minutes_and_needs_the_key()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        var id = await UploadAsync(simulator, "file", "Meta");
        var url = (await simulator.CallAsync($"/v3/{id}", "", method: HttpMethod.Get)).Body.GetProperty("url").GetString()!;
        (await DownloadAsync(simulator, HttpMethod.Get, url, "wrong")).Status.ShouldBe(401);

        await simulator.ControlAsync("/sim/clock", new { jumpSeconds = 310 });
        (await DownloadAsync(simulator, HttpMethod.Get, url)).Status.ShouldBe(404);
        var fresh = (await simulator.CallAsync($"/v3/{id}", "", method: HttpMethod.Get)).Body.GetProperty("url").GetString()!;
        (await DownloadAsync(simulator, HttpMethod.Get, fresh)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Media_can_be_gone_or_slow()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        var id = await UploadAsync(simulator, "file", "Meta");
        await simulator.FaultAsync("media-gone", new { next = 2 });
        (await simulator.CallAsync($"/v3/{id}", "", method: HttpMethod.Get)).Status.ShouldBe(400);
        (await DownloadAsync(simulator, HttpMethod.Post, $"/v3/downloadMedia/{id}")).Status.ShouldBe(404);

        await simulator.FaultAsync("media-slow", new { next = 1, value = 400 });
        var started = TimeProvider.System.GetTimestamp();
        (await DownloadAsync(simulator, HttpMethod.Post, $"/v3/downloadMedia/{id}")).Status.ShouldBe(200);
        TimeProvider.System.GetElapsedTime(started).TotalMilliseconds.ShouldBeGreaterThan(390);
    }

    [Fact]
    public async Task A_file_put_on_the_phone_reaches_the_product_with_its_hash()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        var stored = await PutAsync(simulator, "image/png");
        await simulator.SayAsync(new { type = "image", mediaId = stored, caption = "torn" });
        var image = (await simulator.Receiver.WaitAsync(static one => one.Messages.Any()))[0].Messages.Single().GetProperty("image");
        image.GetProperty("sha256").GetString().ShouldBe(Convert.ToBase64String(SHA256.HashData(Bytes)));
        image.GetProperty("caption").GetString().ShouldBe("torn");
        (await DownloadAsync(simulator, HttpMethod.Get, image.GetProperty("url").GetString()!)).ShouldBe((200, Convert.ToHexString(Bytes)));
    }

    [Fact]
    public async Task A_file_shown_on_the_page_can_run_nothing()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        var stored = await PutAsync(simulator, "text/html");
        using var shown = await simulator.Http.GetAsync($"/sim/media/{stored}", TestContext.Current.CancellationToken);
        shown.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("sandbox");
        shown.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
    }

    private static async Task<string> PutAsync(SimulatorFixture simulator, string type)
    {
        using var content = new ByteArrayContent(Bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var answer = await simulator.Http.PostAsync("/sim/media", content, TestContext.Current.CancellationToken);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("id").GetString()!;
    }

    private static async Task<string> UploadAsync(SimulatorFixture simulator, string part, string mode)
    {
        using var form = new MultipartFormDataContent();
        var file = new ByteArrayContent(Bytes);
        file.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        form.Add(new StringContent("whatsapp"), "messaging_product");
        form.Add(file, part, "bag.png");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v3/{SimulatorFixture.Number}/media") { Content = form };
        request.Headers.Add("apikey", SimulatorFixture.Key);
        using var answer = await simulator.Http.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(200);
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        return (mode == "Wrapped" ? body.GetProperty("response") : body).GetProperty("id").GetString()!;
    }

    private static async Task<(int Status, string Hex)> DownloadAsync(SimulatorFixture simulator, HttpMethod method, string url, string key = SimulatorFixture.Key)
    {
        using var request = new HttpRequestMessage(method, url);
        request.Headers.Add("apikey", key);
        using var answer = await simulator.Http.SendAsync(request);
        return ((int)answer.StatusCode, Convert.ToHexString(await answer.Content.ReadAsByteArrayAsync()));
    }
}
