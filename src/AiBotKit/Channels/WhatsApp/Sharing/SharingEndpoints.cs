using System.Text;
using AiBotKit.Accounts;
using AiBotKit.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiBotKit.Channels.WhatsApp.Sharing;

/// <summary>The link and the codes of a number, for its customers.</summary>
internal static class SharingEndpoints
{
    public static void MapSharing(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/connections/{id:guid}").WithTags("WhatsApp").RequireAuthorization();
        group.MapGet("/share", ReadAsync).WithName("ReadShare").WithSummary("The wa.me link of the number and its QR code, with the first message when one is given.").ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet("/qr.png", PngAsync).WithName("DownloadQrPng").WithSummary("The QR code as a picture.").Produces<Stream>(StatusCodes.Status200OK, "image/png").ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet("/qr.svg", SvgAsync).WithName("DownloadQrSvg").WithSummary("The QR code as a drawing.").Produces<Stream>(StatusCodes.Status200OK, "image/svg+xml").ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<Share>, NotFound, ProblemHttpResult>> ReadAsync(Guid id, ReadShare read, HttpContext context, CancellationToken cancellationToken, string? text = null)
    {
        var (found, share, problem) = await FindAsync(id, text, read, context, cancellationToken);
        return share is not null ? TypedResults.Ok(share) : found ? TypedResults.Problem(problem!) : TypedResults.NotFound();
    }

    private static async Task<Results<FileContentHttpResult, NotFound, ProblemHttpResult>> PngAsync(Guid id, ReadShare read, HttpContext context, CancellationToken cancellationToken, string? text = null)
    {
        var (found, share, problem) = await FindAsync(id, text, read, context, cancellationToken);
        return share is not null ? TypedResults.File(share.QrPng, "image/png", "whatsapp-qr.png") : found ? TypedResults.Problem(problem!) : TypedResults.NotFound();
    }

    private static async Task<Results<FileContentHttpResult, NotFound, ProblemHttpResult>> SvgAsync(Guid id, ReadShare read, HttpContext context, CancellationToken cancellationToken, string? text = null)
    {
        var (found, share, problem) = await FindAsync(id, text, read, context, cancellationToken);
        return share is not null ? TypedResults.File(Encoding.UTF8.GetBytes(share.QrSvg), "image/svg+xml", "whatsapp-qr.svg") : found ? TypedResults.Problem(problem!) : TypedResults.NotFound();
    }

    private static async Task<(bool Found, Share? Share, Microsoft.AspNetCore.Mvc.ProblemDetails? Problem)> FindAsync(Guid id, string? text, ReadShare read, HttpContext context, CancellationToken cancellationToken)
    {
        if (text is { Length: > WaMeLink.MaxText })
        {
            return (true, null, ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "text_too_long", $"The first message may have {WaMeLink.MaxText} characters."));
        }

        var (found, isLive, share) = await read.RunAsync(context.User.AccountId(), id, text, cancellationToken);
        return (found, share, share is not null ? null
            : !isLive ? ErrorAnswers.Problem(context, StatusCodes.Status409Conflict, "not_connected", "This number is disconnected: a code that leads to it would reach nobody. Connect it again first.")
            : ErrorAnswers.Problem(context, StatusCodes.Status409Conflict, "number_unknown", "The connection has no phone number that customers can write to."));
    }
}
