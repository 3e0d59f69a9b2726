using System.Text.Json.Nodes;
using AiBotKit.PinnacleSimulator.Clock;
using AiBotKit.PinnacleSimulator.Faults;
using AiBotKit.PinnacleSimulator.Messages;
using AiBotKit.PinnacleSimulator.Numbers;
using Microsoft.Extensions.Options;

namespace AiBotKit.PinnacleSimulator.Media;

/// <summary>Media upload, info, bytes and delete, in Meta's and Pinnacle's forms (wire facts 1.1 and 6).</summary>
internal static class MediaEndpoints
{
    private static readonly TimeSpan UploadLife = TimeSpan.FromDays(30);
    private static readonly TimeSpan UrlLife = TimeSpan.FromMinutes(5);

    public static IServiceCollection AddMedia(this IServiceCollection services) => services.AddSingleton<MediaStore>();

    public static void MapMedia(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/{version:regex(^v[0-9.]+$)}").AddEndpointFilter<ApiGate>();
        api.MapPost("/{phoneNumberId}/media", UploadAsync).DisableAntiforgery();
        api.MapPost("/downloadMedia/{id}", BytesAsync);
        api.MapGet("/{id:regex(^[0-9]+$)}", InfoAsync);
        api.MapDelete("/{id:regex(^[0-9]+$)}", DeleteAsync);
        app.MapGet("/media-files/{id}", BytesAsync).AddEndpointFilter<ApiGate>();
        app.MapGet("/sim/media/{id}", Show);
        app.MapPost("/sim/media", AddAsync);
    }

    /// <summary>The address that callbacks and the info call give for a file; valid for five minutes.</summary>
    public static string Url(HttpRequest request, MediaFile file, SimClock clock) =>
        $"{request.Scheme}://{request.Host}/media-files/{file.Id}?source=webhook&ext={(clock.Now + UrlLife).ToUnixTimeSeconds()}";

    private static async Task UploadAsync(HttpContext http, string phoneNumberId, NumberBook numbers, MediaStore store, IOptions<SimulatorOptions> options)
    {
        Note(http, "upload");
        if (await ApiGate.NumberAsync(http, numbers, phoneNumberId) is null)
        {
            return;
        }

        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : null;
        var part = form?.Files.GetFile("file") ?? form?.Files.GetFile("sheet");
        if (part is null)
        {
            await http.ErrorAsync(ApiErrors.Missing("file"));
            return;
        }

        using var buffer = new MemoryStream();
        await part.CopyToAsync(buffer, http.RequestAborted);
        var type = form!["type"].ToString() is { Length: > 0 } named && named.Contains('/', StringComparison.Ordinal) ? named : part.ContentType;
        var file = store.Add(buffer.ToArray(), type, part.FileName, UploadLife);
        await http.JsonAsync(200, WireJson.Bytes(options.Value.MediaAnswer.Equals("Wrapped", StringComparison.OrdinalIgnoreCase)
            ? new JsonObject { ["code"] = "200", ["status"] = "success", ["message"] = "Media uploaded", ["response"] = new JsonObject { ["id"] = file.Id } }
            : new JsonObject { ["id"] = file.Id }));
    }

    private static async Task InfoAsync(HttpContext http, string id, MediaStore store, NumberBook numbers, FaultBoard faults, SimClock clock)
    {
        if (numbers.All.FirstOrDefault(one => one.PhoneNumberId == id) is { } number)
        {
            Note(http, "number");
            await http.JsonAsync(200, WireJson.Bytes(new JsonObject
            {
                ["verified_name"] = number.Name,
                ["display_phone_number"] = "+" + number.DisplayPhoneNumber,
                ["quality_rating"] = number.Quality,
                ["throughput"] = new JsonObject { ["level"] = "STANDARD" },
                ["status"] = "CONNECTED",
                ["webhook_configuration"] = new JsonObject { ["phone_number"] = number.Target.Url.ToString() },
                ["id"] = number.PhoneNumberId,
            }));
            return;
        }

        Note(http, "media info");
        if (faults.Fires(Fault.MediaGone, "") || store.Find(id) is not { } file)
        {
            await http.ErrorAsync(ApiErrors.NoObject(id, "get"));
            return;
        }

        await http.JsonAsync(200, WireJson.Bytes(new JsonObject
        {
            ["messaging_product"] = "whatsapp",
            ["url"] = Url(http.Request, file, clock),
            ["mime_type"] = file.MimeType,
            ["sha256"] = Convert.ToHexStringLower(file.Hash),
            ["file_size"] = file.Bytes.Length,
            ["id"] = file.Id,
        }));
    }

    private static async Task BytesAsync(HttpContext http, string id, MediaStore store, FaultBoard faults, SimClock clock, TimeProvider time)
    {
        Note(http, "media bytes");
        if (faults.Fires(Fault.MediaSlow, ""))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(faults[Fault.MediaSlow].Value), time, http.RequestAborted);
        }

        var expired = long.TryParse(http.Request.Query["ext"], out var until) && clock.Now.ToUnixTimeSeconds() > until;
        if (expired || faults.Fires(Fault.MediaGone, "") || store.Find(id) is not { } file)
        {
            await http.JsonAsync(404, ApiErrors.Body(ApiErrors.NoObject(id, "get")));
            return;
        }

        http.Response.ContentType = file.MimeType;
        http.Response.ContentLength = file.Bytes.Length;
        await http.Response.Body.WriteAsync(file.Bytes, http.RequestAborted);
    }

    private static Task DeleteAsync(HttpContext http, string id, MediaStore store)
    {
        Note(http, "media delete");
        return store.Remove(id) ? http.JsonAsync(200, """{"success":true}"""u8.ToArray()) : http.ErrorAsync(ApiErrors.NoObject(id, "delete"));
    }

    /// <summary>Puts a file on a customer's phone: raw body, its type in Content-Type, its name in <c>?filename=</c>.</summary>
    private static async Task<IResult> AddAsync(HttpRequest request, string? filename, MediaStore store, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, cancellationToken);
        var file = store.Add(buffer.ToArray(), request.ContentType ?? "application/octet-stream", filename, TimeSpan.FromDays(7));
        return Results.Ok(new { file.Id, file.MimeType, size = file.Bytes.Length });
    }

    /// <summary>A file for the phone page. Whatever it is, it can run nothing on the page's origin.</summary>
    private static IResult Show(HttpContext http, string id, MediaStore store)
    {
        if (store.Find(id) is not { } file)
        {
            return Results.NotFound();
        }

        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.File(file.Bytes, file.MimeType.Split(';')[0], enableRangeProcessing: true);
    }

    private static void Note(HttpContext http, string summary)
    {
        if (http.Entry() is { } entry)
        {
            entry.Kind = "media";
            entry.Summary = summary;
        }
    }
}
