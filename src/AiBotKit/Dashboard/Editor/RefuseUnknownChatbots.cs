using AiBotKit.Accounts;
using AiBotKit.Chatbots;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Dashboard.Editor;

/// <summary>A page of a chatbot that the viewer's account does not have is 404, decided before the page begins: one that was begun has its status.</summary>
internal static class RefuseUnknownChatbots
{
    private const string Prefix = "bots/{Id:guid}";

    /// <summary>Stands behind the authorization: who is not signed in is led to the sign-in whatever the id.</summary>
    public static void UseRefusalOfUnknownChatbots(this WebApplication app) =>
        app.Use((context, next) => IsChatbotPage(context, out var id) ? CheckAsync(context, id, next) : next(context));

    private static bool IsChatbotPage(HttpContext context, out Guid id)
    {
        id = default;
        return context.GetEndpoint() is RouteEndpoint endpoint
            && endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null
            && (endpoint.RoutePattern.RawText ?? "").TrimStart('/').StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            && context.GetRouteValue("Id") is { } value
            && Guid.TryParse(value.ToString(), out id);
    }

    private static async Task CheckAsync(HttpContext context, Guid id, RequestDelegate next)
    {
        var account = context.User.AccountId();
        await using (var db = context.RequestServices.GetRequiredService<ReadDb>().Open())
        {
            if (await db.Set<Chatbot>().AnyAsync(c => c.AccountId == account && c.Id == id, context.RequestAborted))
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
