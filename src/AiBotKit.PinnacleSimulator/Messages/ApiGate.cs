using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AiBotKit.PinnacleSimulator.Clock;
using AiBotKit.PinnacleSimulator.Numbers;
using AiBotKit.PinnacleSimulator.Wire;
using Microsoft.Extensions.Options;

namespace AiBotKit.PinnacleSimulator.Messages;

/// <summary>The door of the provider API: writes the log entry, then checks the key as <c>apikey</c> (Pinnacle) or bearer token (Meta).</summary>
internal sealed class ApiGate(IOptions<SimulatorOptions> options, NumberBook numbers, WireLog log, SimClock clock, TimeProvider time) : IEndpointFilter
{
    private static readonly object OwnKey = new();

    private readonly byte[] key = Encoding.UTF8.GetBytes(options.Value.ApiKey);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var started = time.GetTimestamp();
        WireEntry? entry = null;
        if (log.Enabled)
        {
            entry = new WireEntry
            {
                At = clock.Now,
                Direction = "api",
                Method = http.Request.Method,
                Url = http.Request.Path + http.Request.QueryString,
                Headers = [.. http.Request.Headers.Select(static header => new KeyValuePair<string, string>(header.Key, Redact(header.Key, header.Value.ToString())))],
            };
            http.SetEntry(entry);
        }

        try
        {
            if (!Knows(http))
            {
                await http.FlatAsync(401, 401, "Authentication Failed");
                return Results.Empty;
            }

            // Handlers write their answer themselves, byte for byte.
            await next(context);
            return Results.Empty;
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return Results.Empty;
        }
        finally
        {
            if (entry is not null)
            {
                entry.Status = http.RequestAborted.IsCancellationRequested ? 0 : http.Response.StatusCode;
                entry.ElapsedMs = time.GetElapsedTime(started).TotalMilliseconds;
                log.Add(entry);
            }
        }
    }

    /// <summary>The request's bytes, also kept for the log.</summary>
    public static async Task<byte[]> BytesAsync(HttpContext http)
    {
        using var buffer = new MemoryStream((int)Math.Clamp(http.Request.ContentLength ?? 512, 0, 1 << 20));
        await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
        var bytes = buffer.ToArray();
        if (http.Entry() is { } entry)
        {
            entry.Body = bytes;
        }

        return bytes;
    }

    /// <summary>The request's body as JSON; null when it is none.</summary>
    public static async Task<JsonDocument?> JsonAsync(HttpContext http)
    {
        var bytes = await BytesAsync(http);
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The number in the route; answers the request and returns null when there is none.</summary>
    public static async Task<BusinessNumber?> NumberAsync(HttpContext http, NumberBook numbers, string id)
    {
        var number = numbers.Find(id);
        if (number is null || !Owns(http, number))
        {
            await http.ErrorAsync(ApiErrors.NoObject(id, http.Request.Method.ToLowerInvariant()));
        }

        return number;
    }

    // The log is shown on a page; the key itself is nobody's business there.
    private static string Redact(string name, string value) =>
        name.Equals("apikey", StringComparison.OrdinalIgnoreCase) || name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
            ? value.Length > 8 ? value[..4] + "…" + value[^4..] : "…"
            : value;

    /// <summary>Whether the key of this request is one of the number's.</summary>
    public static bool Owns(HttpContext http, BusinessNumber number) =>
        !number.Elsewhere && (http.Items.TryGetValue(OwnKey, out var own) && own is string key ? number.Keys.Contains(key) : number.Keys.Count == 0);

    /// <summary>The general key, or one of a number, which is remembered.</summary>
    private bool Knows(HttpContext http)
    {
        var request = http.Request;
        var presented = request.Headers["apikey"].ToString();
        if (presented.Length == 0)
        {
            var bearer = request.Headers.Authorization.ToString();
            presented = bearer.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? bearer[7..].Trim() : "";
        }

        if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(presented), key))
        {
            return true;
        }

        http.Items[OwnKey] = presented;
        return numbers.All.Any(number => number.Keys.Contains(presented));
    }
}
