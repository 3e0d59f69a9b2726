using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Threading.Channels;
using AiBotKit.Accounts;
using AiBotKit.Hosting;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Conversations;

/// <summary>
/// Live changes of the account as server-sent events. Every stored message comes once, in the order of arrival, with its arrival number as id: who
/// comes back with the last one (<c>Last-Event-ID</c>, or <c>since</c>) misses none and gets none twice. What else changed of a conversation (a
/// status, the switch, unread) is a <c>conversation</c> event without an id: a hint to read it again, which after a break has to be done anyway.
/// </summary>
internal static class EventsEndpoints
{
    private const int AtOnce = 200;

    /// <summary>Longer than the changes of a burst, shorter than anybody notices.</summary>
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    /// <summary>So that proxies see a living connection, and a client that is gone is noticed.</summary>
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(15);

    public static void MapEvents(this WebApplication app) =>
        app.MapGet("/api/events", StreamAsync).WithTags("Conversations").RequireAuthorization().WithName("StreamEvents")
            .WithSummary("Streams new messages and changed conversations as server-sent events; resumes behind an id.")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream").ProducesProblem(StatusCodes.Status400BadRequest);

    private static async Task<Results<EmptyHttpResult, ProblemHttpResult>> StreamAsync(
        HttpContext context, ClaimsPrincipal user, ConversationFeed feed, ReadDb reads, TimeProvider time, CancellationToken cancellationToken, string? since = null)
    {
        var accountId = user.AccountId();
        var resume = context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? last : since;
        var behind = long.TryParse(resume, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : (long?)null;
        if (resume is not null && behind is null)
        {
            return TypedResults.Problem(ErrorAnswers.Problem(context, StatusCodes.Status400BadRequest, "bad_request", "since must be the id of an event, a whole number."));
        }

        // Subscribed before the first read: what is committed in between is read again, never missed.
        var changed = Channel.CreateUnbounded<ConversationChanged>(new UnboundedChannelOptions { SingleReader = true });
        using var subscription = feed.Subscribe(accountId, change => changed.Writer.TryWrite(change));
        var seq = behind ?? await NewestAsync(reads, cancellationToken);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await context.Response.WriteAsync("retry: 2000\n\n", cancellationToken);
        try
        {
            seq = await MessagesAsync(context, reads, accountId, seq, cancellationToken);
            while (true)
            {
                if (await WaitAsync(changed.Reader, time, cancellationToken))
                {
                    await Task.Delay(Breath, time, cancellationToken);
                    var seen = new Dictionary<Guid, long>();
                    while (changed.Reader.TryRead(out var change))
                    {
                        seen[change.ConversationId] = change.Version;
                    }

                    seq = await MessagesAsync(context, reads, accountId, seq, cancellationToken);
                    foreach (var (conversation, version) in seen)
                    {
                        await WriteAsync(context, null, "conversation", JsonSerializer.Serialize(new ConversationEvent(conversation, version), JsonSerializerOptions.Web), cancellationToken);
                    }
                }
                else
                {
                    await context.Response.WriteAsync(": alive\n\n", cancellationToken);
                }

                await context.Response.Body.FlushAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The client went, or its session ended.
        }

        return TypedResults.Empty;
    }

    /// <summary>False when nothing happened for a pulse.</summary>
    private static async Task<bool> WaitAsync(ChannelReader<ConversationChanged> changed, TimeProvider time, CancellationToken cancellationToken)
    {
        using var pulse = new CancellationTokenSource(Pulse, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(pulse.Token, cancellationToken);
        try
        {
            return await changed.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<long> NewestAsync(ReadDb reads, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await db.Set<Message>().MaxAsync(m => (long?)m.Seq, cancellationToken) ?? 0;
    }

    /// <summary>Writes the messages behind <paramref name="seq"/>; returns the last one's number.</summary>
    private static async Task<long> MessagesAsync(HttpContext context, ReadDb reads, Guid accountId, long seq, CancellationToken cancellationToken)
    {
        int count;
        do
        {
            await using var db = reads.Open();
            var messages = await db.Set<Message>().Where(m => m.AccountId == accountId && m.Seq > seq).OrderBy(m => m.Seq).Take(AtOnce)
                .Select(m => new { m.Seq, Event = new MessageEvent(m.ConversationId, m.Id, ReadMessages.Word(m.Role), m.Type, m.Text, m.CreatedAt) }).ToListAsync(cancellationToken);
            foreach (var message in messages)
            {
                seq = message.Seq;
                await WriteAsync(context, seq, "message", JsonSerializer.Serialize(message.Event, JsonSerializerOptions.Web), cancellationToken);
            }

            count = messages.Count;
        }
        while (count == AtOnce);
        await context.Response.Body.FlushAsync(cancellationToken);
        return seq;
    }

    /// <summary>JSON has no bare line break, so one data line holds it.</summary>
    private static Task WriteAsync(HttpContext context, long? id, string name, string json, CancellationToken cancellationToken) =>
        context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{(id is null ? "" : $"id: {id}\n")}event: {name}\ndata: {json}\n\n"), cancellationToken);

    /// <summary>A message was stored.</summary>
    private sealed record MessageEvent(Guid ConversationId, Guid Id, string Role, string Type, string Text, DateTimeOffset CreatedAt);

    /// <summary>Something of a conversation changed.</summary>
    private sealed record ConversationEvent(Guid Id, long Version);
}
