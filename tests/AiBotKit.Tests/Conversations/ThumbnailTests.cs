using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AiBotKit.Conversations.Media;
using Shouldly;
using SkiaSharp;
using Xunit;

namespace AiBotKit.Tests.Conversations;

/// <summary>Small copies of pictures: made of what can be decoded whole, upright and without what the original carries; they go with the original.</summary>
public sealed class ThumbnailTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SKEncodedImageFormat.Png, "image/png")]
    [InlineData(SKEncodedImageFormat.Jpeg, "image/jpeg")]
    [InlineData(SKEncodedImageFormat.Webp, "image/webp")]
    public void A_picture_is_made_small_and_keeps_its_shape(SKEncodedImageFormat format, string type)
    {
        var large = Of(Picture(1600, 900, format), type).ShouldNotBeNull();
        (large.Width, large.Height).ShouldBe((480, 270));
        MediaTypes.Of(large.Bytes.AsSpan(0, MediaTypes.Enough), false).ShouldBe("image/webp");
        Colour(large, 20, 135).ShouldBe("red");
        Colour(large, 460, 135).ShouldBe("blue");
        var tall = Of(Picture(30, 3000, format), type).ShouldNotBeNull();
        (tall.Width, tall.Height).ShouldBe((5, 480));
        var small = Of(Picture(60, 40, format), type).ShouldNotBeNull();
        (small.Width, small.Height).ShouldBe((60, 40), "nothing is made larger");
    }

    [Theory]
    [InlineData(1, 200, 100, 10, 50)]
    [InlineData(2, 200, 100, 190, 50)]
    [InlineData(3, 200, 100, 190, 50)]
    [InlineData(4, 200, 100, 10, 50)]
    [InlineData(5, 100, 200, 50, 10)]
    [InlineData(6, 100, 200, 50, 10)]
    [InlineData(7, 100, 200, 50, 190)]
    [InlineData(8, 100, 200, 50, 190)]
    public void It_stands_upright_and_carries_nothing_of_the_camera(byte orientation, int width, int height, int redX, int redY)
    {
        var made = Of(WithSegment(Picture(200, 100, SKEncodedImageFormat.Jpeg), 0xE1, Exif(orientation)), "image/jpeg").ShouldNotBeNull();
        (made.Width, made.Height).ShouldBe((width, height));
        Colour(made, redX, redY).ShouldBe("red");
        Colour(made, width - 1 - redX, height - 1 - redY).ShouldBe("blue");
        Encoding.Latin1.GetString(made.Bytes).ShouldNotContain("EXIF", Case.Insensitive);
    }

    [Fact]
    public void A_picture_of_too_many_pixels_is_not_decoded()
    {
        var bomb = Bomb(30_000, 30_000);
        bomb.Length.ShouldBeLessThan(2_000_000);
        Of(bomb, "image/png").ShouldBeNull();
        Of(Bomb(3_000, 3_000), "image/png").ShouldNotBeNull("the same, within the limit");
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png, "image/png")]
    [InlineData(SKEncodedImageFormat.Jpeg, "image/jpeg")]
    [InlineData(SKEncodedImageFormat.Webp, "image/webp")]
    public void Half_a_file_and_a_damaged_one_have_none_and_end_nothing(SKEncodedImageFormat format, string type)
    {
        var whole = Picture(640, 480, format);
        Of(whole[..(whole.Length / 2)], type).ShouldBeNull();
        Of(whole[..20], type).ShouldBeNull();
        Of([], type).ShouldBeNull();
        var random = new Random(LongRun.Seed());
        for (var round = 0; round < LongRun.Count(200, 20_000); round++)
        {
            var damaged = whole.ToArray();
            for (var hit = 0; hit < 8; hit++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            if (Of(damaged, type) is { } made)
            {
                Math.Max(made.Width, made.Height).ShouldBeLessThanOrEqualTo(Thumbnail.LongestSide);
            }
        }
    }

    [Fact]
    public void A_page_inside_a_picture_does_not_come_through_and_what_is_not_what_it_began_as_has_none()
    {
        var script = "<html><script>alert(1)</script></html>"u8.ToArray();
        byte[] polyglot = [.. WithSegment(Picture(200, 100, SKEncodedImageFormat.Jpeg), 0xFE, script), .. script];
        Encoding.Latin1.GetString(Of(polyglot, "image/jpeg").ShouldNotBeNull().Bytes).ShouldNotContain("script");
        Of(polyglot, "image/png").ShouldBeNull();
        Of(script, "image/jpeg").ShouldBeNull();
        Of(Picture(10, 10, SKEncodedImageFormat.Png), "image/svg+xml").ShouldBeNull();
    }

    [Fact]
    public async Task It_is_given_out_like_the_original_and_goes_with_it_when_the_contact_is_erased()
    {
        await using var shop = await TalkingShop.StartAsync();
        var id = await SentAsync(shop, new { type = "image" });
        using (var answer = await ThumbnailAsync(shop, id))
        {
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("image/webp");
            answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
            answer.Headers.GetValues("Content-Security-Policy").Single().ShouldBe("default-src 'none'; sandbox");
            answer.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
            answer.Headers.GetValues("Cross-Origin-Resource-Policy").Single().ShouldBe("same-origin");
        }

        using (var stranger = shop.App.Anonymous())
        {
            (await stranger.GetAsync($"/api/media/{id}/thumbnail", Stop)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        // A start sweeps what no row speaks of: not this.
        await shop.RestartAsync();
        (await ThumbnailAsync(shop, id)).Dispose();
        Files(shop).Length.ShouldBe(2);
        (await shop.Api.DeleteAsync($"/api/contacts/{(await shop.ConversationAsync()).GetProperty("id").GetGuid()}", Stop)).IsSuccessStatusCode.ShouldBeTrue();
        await shop.WaitAsync(_ => Files(shop).Length == 0);
    }

    [Fact]
    public async Task What_cannot_be_decoded_is_stored_without_one()
    {
        await using var shop = await TalkingShop.StartAsync();
        using var content = new ByteArrayContent(Picture(640, 480, SKEncodedImageFormat.Jpeg)[..2000]) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } };
        using var kept = await shop.Simulator.Http.PostAsync("/sim/media", content, Stop);
        var id = await SentAsync(shop, new { type = "image", mediaId = JsonDocument.Parse(await kept.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("id").GetString() });
        await shop.WaitAsync(_ => shop.App.Sql("SELECT count(*) FROM media WHERE PreviewDueAt IS NULL AND Width IS NULL") is 1L);
        (await shop.Api.GetAsync($"/api/media/{id}/thumbnail", Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await shop.Api.GetAsync($"/api/media/{id}", Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_file_that_was_begun_twice_without_an_end_is_left_alone()
    {
        await using var shop = await TalkingShop.StartAsync();
        var id = await SentAsync(shop, new { type = "image" });
        (await ThumbnailAsync(shop, id)).Dispose();
        foreach (var file in Files(shop).Where(path => path.EndsWith(".thumb", StringComparison.Ordinal)))
        {
            File.Delete(file);
        }

        shop.App.Sql("UPDATE media SET PreviewTries = 2, PreviewDueAt = 1");
        await shop.RestartAsync();
        await shop.WaitAsync(_ => shop.App.Sql("SELECT count(*) FROM media WHERE PreviewDueAt IS NULL") is 1L);
        Files(shop).Length.ShouldBe(1);
        shop.App.Sql("UPDATE media SET PreviewTries = 1, PreviewDueAt = 1");
        await shop.RestartAsync();
        (await ThumbnailAsync(shop, id)).Dispose();
    }

    [Fact]
    public void The_length_of_a_sound_is_read_from_its_container_and_nothing_strange_is_believed()
    {
        Length(Ogg("OpusHead\u0001\u0001\u0038\u0001\u0080\u00bb\u0000\u0000\u0000\u0000\u0000", (23 * 48_000) + 312), "audio/ogg").ShouldBe(TimeSpan.FromSeconds(23));
        Length(Ogg("OpusHead\u0001\u0001\u0038\u0001\u0080\u00bb\u0000\u0000\u0000\u0000\u0000", long.MaxValue), "audio/ogg").ShouldBeNull();
        Length(Ogg("OpusHead\u0001\u0001\u0038\u0001\u0080\u00bb\u0000\u0000\u0000\u0000\u0000", -1), "audio/ogg").ShouldBeNull();
        Length(Ogg("something else entirely", 48_000), "audio/ogg").ShouldBeNull();
        Length(Mp4(1000, 41_000), "audio/mp4").ShouldBe(TimeSpan.FromSeconds(41));
        Length(Mp4(0, 41_000), "audio/mp4").ShouldBeNull();
        Length([], "audio/ogg").ShouldBeNull();
        Length([], "audio/mp4").ShouldBeNull();
        var random = new Random(LongRun.Seed());
        byte[][] seeds = [Ogg("OpusHead\u0001\u0001\u0038\u0001\u0080\u00bb\u0000\u0000\u0000\u0000\u0000", 48_000), Mp4(1000, 41_000)];
        for (var round = 0; round < LongRun.Count(20_000, 1_000_000); round++)
        {
            var bytes = seeds[round % 2].ToArray()[..random.Next(seeds[round % 2].Length + 1)];
            for (var hit = 0; hit < 4 && bytes.Length > 0; hit++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            Length(bytes, round % 2 == 0 ? "audio/ogg" : "audio/mp4");
        }
    }

    private static TimeSpan? Length(byte[] bytes, string type) => SoundLength.Of(new MemoryStream(bytes), type);

    /// <summary>A first page with the codec's head, and a last one at this position.</summary>
    private static byte[] Ogg(string packet, long position)
    {
        static byte[] Page(long at, byte[] body)
        {
            var head = new byte[28];
            "OggS"u8.CopyTo(head);
            BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(6), at);
            (head[26], head[27]) = (1, (byte)body.Length);
            return [.. head, .. body];
        }

        return [.. Page(0, Encoding.Latin1.GetBytes(packet)), .. Page(position, new byte[40])];
    }

    private static byte[] Mp4(uint scale, uint units)
    {
        var header = new byte[108];
        BinaryPrimitives.WriteUInt32BigEndian(header, 108);
        "mvhd"u8.CopyTo(header.AsSpan(4));
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(20), scale);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(24), units);
        return [0, 0, 0, 16, .. "ftypM4A "u8, 0, 0, 0, 0, 0, 0, 0, 8, .. "free"u8, 0, 0, 0, 116, .. "moov"u8, .. header];
    }

    private static Thumbnail? Of(byte[] bytes, string type) => Thumbnail.Of(new MemoryStream(bytes), type);

    /// <summary>Left half red, right half blue.</summary>
    private static byte[] Picture(int width, int height, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(width, height);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.Blue);
            using var red = new SKPaint { Color = SKColors.Red };
            canvas.DrawRect(0, 0, width / 2f, height, red);
        }

        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    private static string Colour(Thumbnail picture, int x, int y)
    {
        using var bitmap = SKBitmap.Decode(picture.Bytes);
        var colour = bitmap.GetPixel(x, y);
        return colour switch { { Red: > 200, Blue: < 60 } => "red", { Blue: > 200, Red: < 60 } => "blue", _ => colour.ToString() };
    }

    /// <summary>A JPEG with a segment more behind its first two bytes.</summary>
    private static byte[] WithSegment(byte[] jpeg, byte marker, byte[] body)
    {
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(body.Length + 2));
        return [.. jpeg[..2], 0xFF, marker, .. length, .. body, .. jpeg[2..]];
    }

    private static byte[] Exif(byte orientation) =>
        [.. "Exif"u8, 0, 0, .. "MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];

    /// <summary>A real PNG of one colour: few bytes, many pixels.</summary>
    private static byte[] Bomb(int width, int height)
    {
        static byte[] Chunk(string name, byte[] body)
        {
            byte[] named = [.. Encoding.ASCII.GetBytes(name), .. body];
            var (length, sum) = (new byte[4], new byte[4]);
            BinaryPrimitives.WriteInt32BigEndian(length, body.Length);
            BinaryPrimitives.WriteUInt32BigEndian(sum, Crc32.HashToUInt32(named));
            return [.. length, .. named, .. sum];
        }

        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), height);
        head[8] = 1;
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var line = new byte[((width + 7) / 8) + 1];
            for (var y = 0; y < height; y++)
            {
                zip.Write(line);
            }
        }

        return [0x89, .. "PNG"u8, 0x0D, 0x0A, 0x1A, 0x0A, .. Chunk("IHDR", head), .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", [])];
    }

    private static async Task<Guid> SentAsync(TalkingShop shop, object message)
    {
        await shop.Simulator.SayAsync(message);
        var messages = await shop.WaitAsync(all => all.Exists(m => m.TryGetProperty("media", out var file) && file.GetProperty("state").GetString() == "stored"));
        return messages.Single(m => m.TryGetProperty("media", out _)).GetProperty("media").GetProperty("id").GetGuid();
    }

    /// <summary>Once it is made.</summary>
    private static async Task<HttpResponseMessage> ThumbnailAsync(TalkingShop shop, Guid id)
    {
        using var ceiling = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        while (true)
        {
            var answer = await shop.Api.GetAsync($"/api/media/{id}/thumbnail", Stop);
            if (answer.IsSuccessStatusCode)
            {
                return answer;
            }

            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            answer.Dispose();
            ceiling.IsCancellationRequested.ShouldBeFalse("the small copy never came");
            await Task.Delay(50, Stop);
        }
    }

    private static string[] Files(TalkingShop shop) => Directory.GetFiles(Path.Combine(shop.App.Folder, "media"), "*", SearchOption.AllDirectories);
}
