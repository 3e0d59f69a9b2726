using SkiaSharp;

namespace AiBotKit.Conversations.Media;

/// <summary>
/// The small copy of a picture for the timeline: WebP, upright, without anything else that the original carries (place, camera, comments). The head is read first: what
/// would take too much memory is never decoded, and neither is a file that is not what its first bytes said.
/// </summary>
/// <param name="Bytes">WebP.</param>
internal sealed record Thumbnail(byte[] Bytes, int Width, int Height)
{
    public const int LongestSide = 480;

    /// <summary>A telephone's camera has fewer; four bytes each while it is decoded.</summary>
    public const long MostPixels = 40_000_000;

    public const long MostBytes = 32L * 1024 * 1024;

    private const int Quality = 80;

    /// <summary>Null when the file is no picture that can be decoded whole, or too large.</summary>
    public static Thumbnail? Of(Stream file, string contentType)
    {
        if (file.Length > MostBytes)
        {
            return null;
        }

        using var data = SKData.Create(file);
        using var codec = data is null ? null : SKCodec.Create(data);
        if (codec is null || FormatOf(contentType) != codec.EncodedFormat || codec.Info is not { Width: > 0, Height: > 0 } info || (long)info.Width * info.Height > MostPixels)
        {
            return null;
        }

        var scale = Math.Min(1.0, (double)LongestSide / Math.Max(info.Width, info.Height));
        // JPEG and WebP are decoded near the wanted size already, which saves most of the memory and the time.
        var near = codec.GetScaledDimensions((float)Math.Min(1, scale * 1.3));
        using var decoded = new SKBitmap();
        if (!decoded.TryAllocPixels(new SKImageInfo(near.Width, near.Height, SKColorType.Rgba8888, SKAlphaType.Premul, SKColorSpace.CreateSrgb()))
            || codec.GetPixels(decoded.Info, decoded.GetPixels()) != SKCodecResult.Success)
        {
            return null;
        }

        var (width, height) = (Math.Max(1, (int)Math.Round(info.Width * scale)), Math.Max(1, (int)Math.Round(info.Height * scale)));
        return Draw(decoded, width, height, codec.EncodedOrigin);
    }

    private static Thumbnail? Draw(SKBitmap picture, int width, int height, SKEncodedOrigin origin)
    {
        var turned = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        var (w, h) = turned ? (height, width) : (width, height);
        using var surface = SKSurface.Create(new SKImageInfo(w, h, SKColorType.Rgba8888, SKAlphaType.Premul, SKColorSpace.CreateSrgb()));
        using var image = SKImage.FromBitmap(picture);
        if (surface is null || image is null)
        {
            return null;
        }

        surface.Canvas.SetMatrix(Upright(origin, w, h));
        surface.Canvas.DrawImage(image, new SKRect(0, 0, width, height), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using var drawn = surface.Snapshot();
        using var webp = drawn.Encode(SKEncodedImageFormat.Webp, Quality);
        return webp is null ? null : new Thumbnail(webp.ToArray(), w, h);
    }

    /// <summary>From how the camera stored it to how it is seen (Exif 2.3, tag 0x0112).</summary>
    private static SKMatrix Upright(SKEncodedOrigin origin, float w, float h) => origin switch
    {
        SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, w, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, w, 0, -1, h, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, h, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new SKMatrix(0, -1, w, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, w, -1, 0, h, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, h, 0, 0, 1),
        _ => SKMatrix.Identity,
    };

    private static SKEncodedImageFormat? FormatOf(string contentType) => contentType switch
    {
        "image/jpeg" => SKEncodedImageFormat.Jpeg,
        "image/png" => SKEncodedImageFormat.Png,
        "image/webp" => SKEncodedImageFormat.Webp,
        "image/gif" => SKEncodedImageFormat.Gif,
        _ => null,
    };
}
