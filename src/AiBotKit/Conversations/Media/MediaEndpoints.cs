using System.Security.Claims;
using AiBotKit.Accounts;
using AiBotKit.Hosting;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace AiBotKit.Conversations.Media;

/// <summary>Files of messages over HTTP, for the account's people only.</summary>
internal static class MediaEndpoints
{
    private const string Webp = "image/webp";

    public static void AddMedia(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<MediaFolder>();
        builder.Services.AddSingleton<MediaSignals>();
        builder.Services.AddSingleton<RetryMedia>();
        builder.Services.AddHostedService<MakePreviews>();
    }

    public static void MapMedia(this WebApplication app)
    {
        var api = app.MapGroup("/api/media").WithTags("Conversations").RequireAuthorization();
        api.MapGet("/{id:guid}", ReadAsync).WithName("ReadMedia").WithSummary("Reads the file of a message; ranges are answered.")
            .Produces(StatusCodes.Status200OK, contentType: MediaTypes.Unknown).Produces(StatusCodes.Status206PartialContent, contentType: MediaTypes.Unknown).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/{id:guid}/thumbnail", ReadThumbnailAsync).WithName("ReadThumbnail").WithSummary("Reads the small copy of a picture, at most 480 pixels wide and high.")
            .Produces(StatusCodes.Status200OK, contentType: Webp).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/{id:guid}/retry", RetryAsync).WithName("RetryMedia").WithSummary("Asks the provider again for a file that could not be fetched.");
    }

    /// <summary>Always as an attachment and in a sandbox: whatever the bytes are, they run nothing on this origin (S-U6). An element that shows it takes it all the same.</summary>
    private static async Task<IResult> ReadAsync(Guid id, ReadDb reads, MediaFolder folder, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        var accountId = user.AccountId();
        await using var db = reads.Open();
        var file = await db.Set<MediaFile>().FirstOrDefaultAsync(m => m.AccountId == accountId && m.Id == id, cancellationToken);
        if (file is null)
        {
            return TypedResults.NotFound();
        }

        if (file.StoredName is not { } name || folder.Open(name) is not { } bytes)
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status404NotFound, "media_not_here", file.Problem ?? "The file is not on this server."));
        }

        Confine(context);
        return TypedResults.Stream(bytes, file.ContentType, file.FileName ?? NameOf(file), file.CreatedAt, new EntityTagHeaderValue($"\"{name}\""), enableRangeProcessing: true);
    }

    private static async Task<IResult> ReadThumbnailAsync(Guid id, ReadDb reads, MediaFolder folder, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        var accountId = user.AccountId();
        await using var db = reads.Open();
        var file = await db.Set<MediaFile>().FirstOrDefaultAsync(m => m.AccountId == accountId && m.Id == id, cancellationToken);
        if (file is null)
        {
            return TypedResults.NotFound();
        }

        if (file.StoredName is not { } name || folder.OpenThumbnail(name) is not { } bytes)
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status404NotFound, "media_not_here", "The file has no small copy."));
        }

        Confine(context);
        return TypedResults.Stream(bytes, Webp, Path.ChangeExtension(NameOf(file), ".webp"), file.CreatedAt, new EntityTagHeaderValue($"\"{name}-small\""));
    }

    private static void Confine(HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        context.Response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private static async Task<Results<Accepted, NotFound>> RetryAsync(Guid id, RetryMedia retry, ClaimsPrincipal user) =>
        await retry.RunAsync(user.AccountId(), id) ? TypedResults.Accepted($"/api/media/{id}") : TypedResults.NotFound();

    private static string NameOf(MediaFile file) => $"{file.Family}-{file.CreatedAt:yyyyMMdd-HHmmss}{MediaTypes.Extension(file.ContentType)}";
}
