using AiBotKit.Accounts;
using AiBotKit.Conversations;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Components.Endpoints;

namespace AiBotKit.Dashboard.Inbox;

/// <summary>
/// The page of a conversation that the viewer's account does not have, or a part of one that does not exist, is 404 like any address that
/// leads nowhere. Decided before the page begins: a page that was begun has its status.
/// </summary>
internal static class RefuseUnknownConversations
{
    /// <summary>Stands behind the authorization: who is not signed in is led to the sign-in whatever the id.</summary>
    public static void UseRefusalOfUnknownConversations(this WebApplication app) =>
        app.Use((context, next) => IsConversationPage(context, out var id) ? CheckAsync(context, id, next) : next(context));

    private static bool IsConversationPage(HttpContext context, out Guid id)
    {
        id = default;
        return context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type == typeof(InboxScreen)
            && context.GetRouteValue(nameof(InboxScreen.Id)) is { } value
            && Guid.TryParse(value.ToString(), out id);
    }

    private static async Task CheckAsync(HttpContext context, Guid id, RequestDelegate next)
    {
        if (InboxScreen.IsPart(context.GetRouteValue(nameof(InboxScreen.Part)) as string))
        {
            await using var db = context.RequestServices.GetRequiredService<ReadDb>().Open();
            if ((await ConversationFamily.ReadAsync(db, context.User.AccountId(), id, context.RequestAborted)).Count > 0)
            {
                await next(context);
                return;
            }
        }

        // Without its endpoint the answer counts as one that no page has begun.
        context.SetEndpoint(null);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
    }
}
