using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Channels.WhatsApp.Sharing;
using AiBotKit.Tests.Fakes;
using AiBotKit.Tests.Simulator;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels.WhatsApp.Sharing;

/// <summary>The wa.me link and its QR code, read back by a decoder that is none of ours.</summary>
public sealed class ShareTests
{
    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["Chatbots:0:Name"] = "Shop",
        ["WhatsApp:CallbackSecret"] = "callback-secret",
        ["WhatsApp:Connections:0:PhoneNumberId"] = "1001",
        ["WhatsApp:Connections:0:DisplayPhoneNumber"] = "+1 (555) 010-1000",
        ["WhatsApp:Connections:0:ApiKey"] = "provider-key",
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_link_of_the_wire_is_made()
    {
        var cases = Fixtures.Json("wa-me-links.json").EnumerateArray().ToList();
        cases.Count.ShouldBeGreaterThan(4);
        foreach (var one in cases)
        {
            var link = WaMeLink.For(one.GetProperty("number").GetString(), one.GetProperty("text").GetString());
            var expected = one.GetProperty("url").GetString();
            (link is null ? null : Uri.UnescapeDataString(link)).ShouldBe(expected is null ? null : Uri.UnescapeDataString(expected), one.ToString());
            link?.ShouldNotContain("+");
        }
    }

    [Theory]
    [InlineData("123456")]
    [InlineData("1234567890123456")]
    [InlineData("0155501010")]
    [InlineData("00")]
    [InlineData("+1 555 CALL")]
    [InlineData(null)]
    public void What_is_no_number_has_no_link(string? number) => WaMeLink.For(number, "Hi").ShouldBeNull();

    [Fact]
    public async Task The_codes_lead_to_the_link_for_any_camera()
    {
        await using var app = new AppFixture(Settings);
        using var api = app.Api();
        var id = Guid.Parse(app.Sql("SELECT hex(Id) FROM connections")!.ToString()!);
        foreach (var text in new[] { "", "50% off & more? ₹100 + tax #1\nnew line 🙏" })
        {
            var query = text.Length == 0 ? "" : "?text=" + Uri.EscapeDataString(text);
            var share = await api.GetFromJsonAsync<JsonElement>($"/api/connections/{id}/share{query}", Stop);
            var link = share.GetProperty("link").GetString()!;
            link.ShouldBe(WaMeLink.For("15550101000", text));
            (await DecodeAsync(share.GetProperty("qrPng").GetBytesFromBase64(), "png")).ShouldBe(link);
            using var png = await api.GetAsync($"/api/connections/{id}/qr.png{query}", Stop);
            png.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
            (await DecodeAsync(await png.Content.ReadAsByteArrayAsync(Stop), "png")).ShouldBe(link);
            using var svg = await api.GetAsync($"/api/connections/{id}/qr.svg{query}", Stop);
            svg.Content.Headers.ContentType!.MediaType.ShouldBe("image/svg+xml");
            var drawing = await svg.Content.ReadAsStringAsync(Stop);
            drawing.ShouldBe(share.GetProperty("qrSvg").GetString());
            drawing.ShouldNotContain("style=");
            (await DecodeAsync(await svg.Content.ReadAsByteArrayAsync(Stop), "svg")).ShouldBe(link);
        }
    }

    [Fact]
    public async Task A_number_that_nobody_can_dial_and_a_text_that_no_camera_reads_are_refused()
    {
        await using var app = new AppFixture(new Dictionary<string, string?>(Settings) { ["WhatsApp:Connections:0:DisplayPhoneNumber"] = "" });
        using var api = app.Api();
        var id = Guid.Parse(app.Sql("SELECT hex(Id) FROM connections")!.ToString()!);
        await RefusedAsync($"/api/connections/{id}/share", HttpStatusCode.Conflict, "number_unknown");
        await RefusedAsync($"/api/connections/{id}/qr.png", HttpStatusCode.Conflict, "number_unknown");
        await RefusedAsync($"/api/connections/{id}/qr.svg?text={new string('x', 301)}", HttpStatusCode.BadRequest, "text_too_long");
        (await api.GetAsync($"/api/connections/{Guid.NewGuid()}/share", Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        async Task RefusedAsync(string path, HttpStatusCode status, string code)
        {
            using var answer = await api.GetAsync(path, Stop);
            answer.StatusCode.ShouldBe(status);
            (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString().ShouldBe(code);
        }
    }

    /// <summary>By zbarimg; a drawing is first made a picture by Chromium.</summary>
    private static async Task<string> DecodeAsync(byte[] file, string kind)
    {
        var folder = Directory.CreateTempSubdirectory("aibotkit-qr-").FullName;
        var picture = Path.Combine(folder, "code.png");
        await File.WriteAllBytesAsync(Path.Combine(folder, "code." + kind), file, Stop);
        if (kind == "svg")
        {
            await RunAsync("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--window-size=700,700", "--screenshot=" + picture, "file://" + Path.Combine(folder, "code.svg"));
        }

        var text = await RunAsync("zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture);
        Directory.Delete(folder, true);
        return text[..^1];
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var errors = process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        process.ExitCode.ShouldBe(0, await errors);
        return await output;
    }
}
