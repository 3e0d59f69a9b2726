using AiBotKit.Accounts;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Dashboard.Inbox;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Dashboard;

/// <summary>
/// The page of a chatbot or a conversation that the viewer's account does not have, or a part of one that does not exist, is 404 like any
/// address that leads nowhere. Decided before the page begins: a page that was begun has its status.
/// </summary>
internal static class RefuseUnknownThings
{
    private const string ChatbotPages = "bots/{Id:guid}";

    /// <summary>Stands behind the authorization: who is not signed in is led to the sign-in whatever the id.</summary>
    public static void UseRefusalOfUnknownThings(this WebApplication app) =>
        app.Use((context, next) => Question(context) is { } exists ? CheckAsync(context, exists, next) : next(context));

    /// <summary>What has to be known before the page may begin; null when it speaks of no single thing.</summary>
    private static Func<AppDbContext, Task<bool>>? Question(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not { } page
            || !Guid.TryParse(context.GetRouteValue("Id")?.ToString(), out var id))
        {
            return null;
        }

        var account = context.User.AccountId();
        if (page.Type == typeof(InboxScreen))
        {
            var known = InboxScreen.IsPart(context.GetRouteValue(nameof(InboxScreen.Part)) as string);
            return async db => known && (await ConversationFamily.ReadAsync(db, account, id, context.RequestAborted)).Count > 0;
        }

        return (endpoint.RoutePattern.RawText ?? "").TrimStart('/').StartsWith(ChatbotPages, StringComparison.OrdinalIgnoreCase)
            ? db => db.Set<Chatbot>().AnyAsync(chatbot => chatbot.AccountId == account && chatbot.Id == id, context.RequestAborted)
            : null;
    }

    private static async Task CheckAsync(HttpContext context, Func<AppDbContext, Task<bool>> exists, RequestDelegate next)
    {
        bool found;
        await using (var db = context.RequestServices.GetRequiredService<ReadDb>().Open())
        {
            found = await exists(db);
        }

        if (found)
        {
            await next(context);
            return;
        }

        // Without its endpoint the answer counts as one that no page has begun.
        context.SetEndpoint(null);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
    }
}
