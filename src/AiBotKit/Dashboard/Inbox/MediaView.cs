using System.Globalization;
using AiBotKit.Conversations.Media;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>How a file is shown.</summary>
public enum MediaShape
{
    /// <summary>A name to download it by.</summary>
    File,
    Image,
    Audio,
    Video,
}

/// <summary>The file of a message on the screen.</summary>
/// <param name="Address">Where the file is; null while it is not on this server.</param>
/// <param name="Detail">Its size, or why it is not here.</param>
/// <param name="MayRetry">A person may ask for it again.</param>
/// <param name="Picture">The small copy of a picture.</param>
/// <param name="Sound">What is known of a sound.</param>
public sealed record MediaView(Guid Id, MediaShape Shape, string? Address, string Detail, bool MayRetry, PictureView? Picture = null, SoundView? Sound = null)
{
    internal static MediaView Of(MediaFile file) => file.State switch
    {
        MediaState.Stored => Stored(file, ShapeOf(file.ContentType ?? MediaTypes.Unknown)),
        MediaState.Waiting when file.Problem is { } problem => new(file.Id, MediaShape.File, null, problem + " It is tried again by itself.", false),
        MediaState.Waiting => new(file.Id, MediaShape.File, null, "Being fetched…", false),
        _ => new(file.Id, MediaShape.File, null, file.Problem ?? "Not here.", file.ProviderMediaId is not null),
    };

    /// <summary>A picture that could not be made small, or is not yet, is a file to download.</summary>
    private static MediaView Stored(MediaFile file, MediaShape shape) => new(
        file.Id,
        shape == MediaShape.Image && file.Width is null ? MediaShape.File : shape,
        $"api/media/{file.Id}",
        SizeOf(file.Size ?? 0),
        false,
        shape == MediaShape.Image && file is { Width: { } width, Height: { } height } ? PictureView.Of($"api/media/{file.Id}/thumbnail", width, height) : null,
        shape == MediaShape.Audio ? new SoundView(file.LengthMs is { } length ? SoundView.Clock(length) : null, file.Transcript) : null);

    private static MediaShape ShapeOf(string contentType) => contentType switch
    {
        // No browser plays these.
        "audio/amr" or "audio/3gpp" or "video/3gpp" => MediaShape.File,
        _ when !MediaTypes.IsShown(contentType) => MediaShape.File,
        _ => contentType.Split('/')[0] switch { "image" => MediaShape.Image, "audio" => MediaShape.Audio, _ => MediaShape.Video },
    };

    private static string SizeOf(long bytes) => bytes switch
    {
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0} KB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024.0):0.0} MB"),
    };
}

/// <summary>The small copy of a picture, in the size that it takes in the timeline: nothing moves when it comes.</summary>
public sealed record PictureView(string Address, int Width, int Height)
{
    /// <summary>Of the timeline's box for pictures; the copy has more pixels for screens that are finer.</summary>
    private const int Box = 320;

    internal static PictureView Of(string address, int width, int height)
    {
        var scale = Math.Min(1.0, (double)Box / Math.Max(width, height));
        return new PictureView(address, Math.Max(1, (int)Math.Round(width * scale)), Math.Max(1, (int)Math.Round(height * scale)));
    }
}

/// <param name="Length">As "0:23"; null when it is not known.</param>
/// <param name="Transcript">Null while nobody has written it down.</param>
public sealed record SoundView(string? Length, string? Transcript)
{
    internal static string Clock(long milliseconds)
    {
        var seconds = Math.Max(1, (milliseconds + 500) / 1000);
        return seconds < 3600
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}:{seconds % 60:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}:{seconds / 60 % 60:00}:{seconds % 60:00}");
    }
}
