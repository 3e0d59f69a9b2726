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
public sealed record MediaView(Guid Id, MediaShape Shape, string? Address, string Detail, bool MayRetry)
{
    internal static MediaView Of(MediaFile file) => file.State switch
    {
        MediaState.Stored => new(file.Id, ShapeOf(file.ContentType ?? MediaTypes.Unknown), $"api/media/{file.Id}", SizeOf(file.Size ?? 0), false),
        MediaState.Waiting when file.Problem is { } problem => new(file.Id, MediaShape.File, null, problem + " It is tried again by itself.", false),
        MediaState.Waiting => new(file.Id, MediaShape.File, null, "Being fetched…", false),
        _ => new(file.Id, MediaShape.File, null, file.Problem ?? "Not here.", file.ProviderMediaId is not null),
    };

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
