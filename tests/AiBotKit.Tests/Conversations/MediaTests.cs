using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AiBotKit.Conversations.Media;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>Files that customers send: fetched after the message is stored, kept under random names, given out so that they can run nothing (S-U3, S-U6, F40).</summary>
public sealed class MediaTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("image", "image/png")]
    [InlineData("voice", "audio/ogg")]
    [InlineData("video", "video/mp4")]
    [InlineData("document", "application/pdf")]
    [InlineData("sticker", "image/webp")]
    public async Task Each_kind_is_fetched_and_given_out_as_an_attachment_in_a_sandbox(string type, string contentType)
    {
        await using var shop = await TalkingShop.StartAsync();
        var media = await SentAsync(shop, new { type });
        media.GetProperty("contentType").GetString().ShouldBe(contentType);
        using var answer = await shop.Api.GetAsync($"/api/media/{media.GetProperty("id").GetGuid()}", Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(contentType);
        answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldBe("default-src 'none'; sandbox");
        answer.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
        var bytes = await answer.Content.ReadAsByteArrayAsync(Stop);
        ((long)bytes.Length).ShouldBe(media.GetProperty("size").GetInt64());
        MediaTypes.Of(bytes, type == "voice").ShouldBe(contentType);

        // A player asks for parts of it.
        using var part = new HttpRequestMessage(HttpMethod.Get, $"/api/media/{media.GetProperty("id").GetGuid()}") { Headers = { Range = new RangeHeaderValue(2, 5) } };
        using var some = await shop.Api.SendAsync(part, Stop);
        some.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await some.Content.ReadAsByteArrayAsync(Stop)).ShouldBe(bytes[2..6]);
    }

    [Fact]
    public async Task What_claims_to_be_a_picture_and_is_a_page_is_only_ever_downloaded_and_its_name_is_no_path()
    {
        await using var shop = await TalkingShop.StartAsync();
        var id = await OnPhoneAsync(shop, Encoding.UTF8.GetBytes("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), "image/svg+xml");
        var media = await SentAsync(shop, new { type = "document", mediaId = id, filename = "../../evil\r\n<b>.svg" });
        media.GetProperty("contentType").GetString().ShouldBe("application/octet-stream");
        using var answer = await shop.Api.GetAsync($"/api/media/{media.GetProperty("id").GetGuid()}", Stop);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/octet-stream");
        answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        var stored = Directory.GetFiles(Path.Combine(shop.App.Folder, "media"), "*", SearchOption.AllDirectories).ShouldHaveSingleItem();
        Path.GetFileName(stored).ShouldMatch("^[0-9a-f]{32}$");
    }

    [Fact]
    public async Task A_file_that_the_provider_does_not_have_yet_is_asked_for_again_and_nobody_waits_for_it()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.Simulator.FaultAsync("media-gone", new { next = 1 });
        await shop.Simulator.SayAsync(new { type = "image", caption = "is this right?" });
        var waiting = await shop.WaitAsync(all => all.Any(m => Media(m) is { } file && file.GetProperty("state").GetString() == "waiting" && file.GetProperty("problem").GetString() is not null));
        waiting.Select(Media).OfType<JsonElement>().Single().GetProperty("problem").GetString().ShouldBe("WhatsApp does not have this file, or not any more.");
        await shop.WaitAsync(all => TalkingShop.Replies(all).Count == 1);
        await shop.WaitAsync(all => all.Any(m => Media(m) is { } file && file.GetProperty("state").GetString() == "stored"));
    }

    [Fact]
    public async Task A_slow_file_holds_up_no_other()
    {
        await using var shop = await TalkingShop.StartAsync();
        await shop.Simulator.FaultAsync("media-slow", new { next = 1, value = 60_000 });
        await shop.Simulator.SayAsync(new { type = "image" });
        await shop.WaitAsync(all => all.Any(m => Media(m) is not null));
        await shop.Simulator.SayAsync(new { type = "document" });
        var messages = await shop.WaitAsync(all => all.Any(m => Media(m) is { } file && file.GetProperty("state").GetString() == "stored"));
        messages.Where(m => Media(m) is { } file && file.GetProperty("state").GetString() == "stored").Select(m => m.GetProperty("type").GetString()).ShouldBe(["document"]);
    }

    [Fact]
    public async Task A_file_that_is_gone_says_so_and_can_be_asked_for_again_by_a_person()
    {
        await using var shop = await TalkingShop.StartAsync();
        await SentAsync(shop, new { type = "image" });
        foreach (var file in Directory.GetFiles(Path.Combine(shop.App.Folder, "media"), "*", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        var id = (await shop.MessagesAsync()).Select(Media).OfType<JsonElement>().Single().GetProperty("id").GetGuid();
        using (var gone = await shop.Api.GetAsync($"/api/media/{id}", Stop))
        {
            gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            JsonDocument.Parse(await gone.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("code").GetString().ShouldBe("media_not_here");
        }

        (await shop.Api.PostAsync($"/api/media/{id}/retry", null, Stop)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await shop.WaitAsync(_ => Directory.GetFiles(Path.Combine(shop.App.Folder, "media"), "*", SearchOption.AllDirectories).Count(path => !path.EndsWith(".thumb", StringComparison.Ordinal)) == 1);
        await shop.WaitAsync(all => all.Any(m => Media(m) is { } file && file.GetProperty("state").GetString() == "stored"));
        (await shop.Api.GetAsync($"/api/media/{id}", Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_is_larger_than_allowed_is_not_kept_and_not_asked_for_again()
    {
        await using var shop = await TalkingShop.StartAsync();
        var id = await OnPhoneAsync(shop, new byte[3 * 1024 * 1024], "image/webp");
        await shop.Simulator.SayAsync(new { type = "sticker", mediaId = id });
        var messages = await shop.WaitAsync(all => all.Any(m => Media(m) is { } file && file.GetProperty("state").GetString() == "failed"));
        messages.Select(Media).OfType<JsonElement>().Single().GetProperty("problem").GetString().ShouldBe("The file is larger than the 2 MB that are fetched.");
        Directory.Exists(Path.Combine(shop.App.Folder, "media")).ShouldBeFalse("nothing was begun");
    }

    [Fact]
    public async Task What_was_announced_before_a_stop_is_fetched_after_the_next_start()
    {
        await using var shop = await TalkingShop.StartAsync();
        await SentAsync(shop, new { type = "image" });
        await shop.Simulator.FaultAsync("media-slow", new { next = 1, value = 20_000 });
        await shop.Simulator.SayAsync(new { type = "document" });
        await shop.WaitAsync(all => all.Count(m => Media(m) is not null) == 2);
        var begun = Path.Combine(shop.App.Folder, "media", "aa");
        Directory.CreateDirectory(begun);
        await File.WriteAllTextAsync(Path.Combine(begun, new string('a', 32) + ".part"), "killed in the middle", Stop);
        await shop.RestartAsync();
        await shop.WaitAsync(all => all.Count(m => Media(m) is { } file && file.GetProperty("state").GetString() == "stored") == 2);
        Directory.GetFiles(Path.Combine(shop.App.Folder, "media"), "*.part", SearchOption.AllDirectories).ShouldBeEmpty("a file that was begun is not left behind");
    }

    [Fact]
    public void Types_are_told_by_their_bytes_and_nothing_else_is_shown()
    {
        (string Head, bool Sound, string Type)[] rows =
        [
            ("FFD8FFE000104A46", false, "image/jpeg"),
            ("89504E470D0A1A0A", false, "image/png"),
            ("4749463839610100", false, "image/gif"),
            ("52494646AABBCCDD57454250", false, "image/webp"),
            ("52494646AABBCCDD57415645", false, MediaTypes.Unknown),
            ("4F67675300020000", true, "audio/ogg"),
            ("2321414D520A", true, "audio/amr"),
            ("FFF15080", true, "audio/aac"),
            ("FFFB9064", true, "audio/mpeg"),
            ("49443303", true, "audio/mpeg"),
            ("00000018667479704D344120", true, "audio/mp4"),
            ("0000001866747970336770340000", false, "video/3gpp"),
            ("000000186674797069736F6D", false, "video/mp4"),
            ("000000186674797069736F6D", true, "audio/mp4"),
            ("255044462D312E37", false, "application/pdf"),
            ("3C73766720786D6C", false, MediaTypes.Unknown),
            ("3C21444F43545950", false, MediaTypes.Unknown),
            ("504B0304", false, MediaTypes.Unknown),
            ("", false, MediaTypes.Unknown),
            ("FF", false, MediaTypes.Unknown),
        ];
        foreach (var (head, sound, type) in rows)
        {
            MediaTypes.Of(Convert.FromHexString(head), sound).ShouldBe(type, head);
        }

        new[] { MediaTypes.Unknown, "application/pdf", "text/html" }.ShouldAllBe(type => !MediaTypes.IsShown(type));
    }

    [Fact]
    public void Tries_come_further_apart_and_end_earlier_where_the_provider_says_no()
    {
        var now = new DateTimeOffset(2026, 5, 4, 9, 0, 0, TimeSpan.Zero);
        var waits = Enumerable.Range(1, 7).Select(n => MediaRules.NextTry(n, false, null, now)).ToList();
        waits[..6].ShouldBe(waits[..6].Order());
        waits[..6].ShouldAllBe(at => at > now);
        waits[6].ShouldBeNull();
        MediaRules.NextTry(2, true, null, now).ShouldNotBeNull();
        MediaRules.NextTry(3, true, null, now).ShouldBeNull();
        MediaRules.NextTry(1, false, TimeSpan.FromMinutes(10), now).ShouldBe(now.AddMinutes(10), "the provider asked for more patience");
    }

    /// <summary>The customer sends it; returns its file once that is stored.</summary>
    private static async Task<JsonElement> SentAsync(TalkingShop shop, object message)
    {
        await shop.Simulator.SayAsync(message);
        var messages = await shop.WaitAsync(all => all.Any(m => Media(m) is { } file && file.GetProperty("state").GetString() == "stored"));
        return messages.Select(Media).OfType<JsonElement>().Single();
    }

    private static async Task<string> OnPhoneAsync(TalkingShop shop, byte[] bytes, string type)
    {
        using var content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        using var answer = await shop.Simulator.Http.PostAsync("/sim/media", content, Stop);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("id").GetString()!;
    }

    private static JsonElement? Media(JsonElement message) => message.TryGetProperty("media", out var media) ? media : null;
}
