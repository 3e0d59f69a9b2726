using System.Security.Claims;
using AiBotKit.Accounts;
using AiBotKit.Channels.WhatsApp.Doctor;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Chatbots;
using AiBotKit.Hosting;
using AiBotKit.Hosting.Paging;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>Connections over REST: list, connect by key, switch, disconnect, new key, new signing secret. Secrets go in and never come out (S-K4).</summary>
internal static class ConnectionsEndpoints
{
    public static void AddConnections(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<ListConnections>();
        services.AddSingleton<SwitchConnection>();
        services.AddSingleton<CallbackAddress>();
        services.AddSingleton<ProveKey>();
        services.AddSingleton<RegisterWebhook>();
        services.AddSingleton<ConnectNumber>();
        services.AddSingleton<DisconnectConnection>();
        services.AddSingleton<ReleaseNumber>();
        services.AddSingleton<ReleaseOfChatbot>(provider => provider.GetRequiredService<ReleaseNumber>().RunAsync);
        services.AddSingleton<ChangeProviderKey>();
        services.AddSingleton<RotateWebhookSecret>();
        services.AddSingleton<TestLoop>();
        services.AddSingleton<OnboardingClient>();
        services.AddSingleton<BeginSignup>();
        services.AddSingleton<SignupGrants>();
        services.AddSingleton<CompleteSignup>();
        services.AddSingleton<ExamineConnection>();
    }

    public static void MapConnections(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api").WithTags("Connections").RequireAuthorization();
        api.MapGet("/connections", ListAsync).WithName("ListConnections").WithSummary("Lists WhatsApp connections, the latest first.");
        api.MapGet("/connections/{id:guid}", ReadAsync).WithName("ReadConnection").WithSummary("Reads one connection.");
        api.MapPost("/chatbots/{id:guid}/connections", ConnectAsync).RequireAuthorization(SignedIn.Owner).WithName("ConnectNumber")
            .WithSummary("Connects a number by the provider's key, which is checked there first. It starts switched off.")
            .ProducesProblem(StatusCodes.Status402PaymentRequired).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesProblem(StatusCodes.Status502BadGateway);
        api.MapSignup();
        api.MapDoctor();
        api.MapPatch("/connections/{id:guid}", PatchAsync).RequireAuthorization(SignedIn.Owner).WithName("SwitchConnection")
            .WithSummary("Switches WhatsApp on or off; after the answer no AI reply begins.").ProducesProblem(StatusCodes.Status409Conflict);
        api.MapDelete("/connections/{id:guid}", DisconnectAsync).RequireAuthorization(SignedIn.Owner).WithName("DisconnectConnection")
            .WithSummary("Disconnects a number and deletes its credentials. Conversations stay.");
        api.MapPut("/connections/{id:guid}/key", ChangeKeyAsync).RequireAuthorization(SignedIn.Owner).WithName("ChangeProviderKey")
            .WithSummary("Gives a connection the new key of its number, in place.").ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        api.MapPost("/connections/{id:guid}/secret", RotateAsync).RequireAuthorization(SignedIn.Owner).WithName("RotateWebhookSecret")
            .WithSummary("Changes the secret that signs a number's callbacks; the one before is accepted for a while.").ProducesProblem(StatusCodes.Status409Conflict);
    }

    /// <summary>The refusal as every error of this product looks.</summary>
    public static ProblemHttpResult Problem(this ConnectionRefusal refusal, HttpContext context) =>
        TypedResults.Problem(refusal.Plan?.ToProblem(context) ?? ErrorAnswers.Problem(context, refusal.Status, refusal.Code, refusal.Sentence));

    private static async Task<Results<Ok<Page<ConnectionItem>>, ProblemHttpResult>> ListAsync(
        ListConnections list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken, string? limit = null, string? cursor = null) =>
        PageRequest.TryParse(limit, cursor, out var page) ? TypedResults.Ok(await list.RunAsync(user.AccountId(), page, cancellationToken)) : TypedResults.Problem(PageRequest.Problem(context));

    private static async Task<Results<Ok<ConnectionItem>, NotFound>> ReadAsync(Guid id, ListConnections list, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await list.FindAsync(user.AccountId(), id, cancellationToken) is { } connection ? TypedResults.Ok(connection) : TypedResults.NotFound();

    private static async Task<Results<Created<ConnectionItem>, NotFound, ProblemHttpResult>> ConnectAsync(
        Guid id, ConnectRequest body, ConnectNumber connect, ListConnections list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        Uri? address = null;
        if (!Enum.TryParse<ProviderKind>(body.Provider, true, out var provider) || !Enum.IsDefined(provider) || char.IsAsciiDigit(body.Provider![0]))
        {
            return ConnectionRefusal.Invalid("provider must be Pinnacle or MetaCloud.").Problem(context);
        }

        if (body.BaseUrl is { Length: > 0 } text
            && !(Uri.TryCreate(text, UriKind.Absolute, out address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0 && text.Length <= 400))
        {
            return ConnectionRefusal.Invalid("baseUrl must be the provider's https address.").Problem(context);
        }

        if ((body.DisplayPhoneNumber?.Length ?? 0) > 40 || (body.AppSecret?.Length ?? 0) > 400 || (body.VerifyToken?.Length ?? 0) > 400)
        {
            return ConnectionRefusal.Invalid("displayPhoneNumber may have 40 characters, appSecret and verifyToken 400.").Problem(context);
        }

        var wanted = new NumberToConnect(
            provider, address, body.WabaId ?? "", body.PhoneNumberId ?? "", body.DisplayPhoneNumber ?? "", body.ApiKey ?? "", Given(body.AppSecret), Given(body.VerifyToken));
        var outcome = await connect.RunAsync(user.AccountId(), id, wanted, inPlace: false, context.Actor(), cancellationToken);
        return outcome switch
        {
            null => TypedResults.NotFound(),
            { Refusal: { } refusal } => refusal.Problem(context),
            _ when await list.FindAsync(user.AccountId(), outcome.ConnectionId!.Value, cancellationToken) is { } connection => TypedResults.Created($"/api/connections/{connection.Id}", connection),
            _ => TypedResults.NotFound(),
        };
    }

    private static async Task<Results<Ok<ConnectionItem>, NotFound, ProblemHttpResult>> PatchAsync(
        Guid id, ConnectionPatch body, SwitchConnection switchConnection, ListConnections list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        if (body.Enabled is not { } enabled)
        {
            return ConnectionRefusal.Invalid("enabled must be true or false.").Problem(context);
        }

        var before = await list.FindAsync(user.AccountId(), id, cancellationToken);
        if (before is { State: "disconnected" })
        {
            return ConnectionRefusal.NotConnected.Problem(context);
        }

        return before is not null && await switchConnection.RunAsync(user.AccountId(), id, enabled, context.Actor(), cancellationToken)
            && await list.FindAsync(user.AccountId(), id, cancellationToken) is { } connection
            ? TypedResults.Ok(connection)
            : TypedResults.NotFound();
    }

    /// <summary>204 also when it was disconnected before: the wish is fulfilled.</summary>
    private static async Task<Results<NoContent, NotFound>> DisconnectAsync(
        Guid id, DisconnectConnection disconnect, ListConnections list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken) =>
        await disconnect.RunAsync(user.AccountId(), id, context.Actor(), cancellationToken) || await list.FindAsync(user.AccountId(), id, cancellationToken) is not null
            ? TypedResults.NoContent()
            : TypedResults.NotFound();

    private static async Task<Results<Ok<ConnectionItem>, NotFound, ProblemHttpResult>> ChangeKeyAsync(
        Guid id, KeyRequest body, ChangeProviderKey change, ListConnections list, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken) =>
        await change.RunAsync(user.AccountId(), id, body.ApiKey ?? "", context.Actor(), cancellationToken) switch
        {
            null => TypedResults.NotFound(),
            { Refusal: { } refusal } => refusal.Problem(context),
            _ when await list.FindAsync(user.AccountId(), id, cancellationToken) is { } connection => TypedResults.Ok(connection),
            _ => TypedResults.NotFound(),
        };

    private static async Task<Results<Ok<RotatedSecret>, NotFound, ProblemHttpResult>> RotateAsync(
        Guid id, SecretRequest body, RotateWebhookSecret rotate, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
    {
        if (body.OverlapMinutes is < 0 or > 10_080 || (body.Secret is { } given && (given.Length is < 6 or > 400 || given.Any(char.IsWhiteSpace))))
        {
            return ConnectionRefusal.Invalid("overlapMinutes may be 0 to 10080, and secret 6 to 400 characters without spaces.").Problem(context);
        }

        var overlap = body.OverlapMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : RegisterWebhook.LongestOverlap;
        return await rotate.RunAsync(user.AccountId(), id, Given(body.Secret), overlap, context.Actor(), cancellationToken) switch
        {
            null => TypedResults.NotFound(),
            { Refusal: { } refusal } => refusal.Problem(context),
            { } done => TypedResults.Ok(new RotatedSecret(done.PreviousValidUntil)),
        };
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <param name="BaseUrl">The provider's https address; left out for its usual one.</param>
    /// <param name="ApiKey">Pinnacle's API key, or Meta's access token.</param>
    /// <param name="AppSecret">Meta Cloud: the secret of the app, which signs the callbacks; needed unless the server has a callback secret of its own.</param>
    /// <param name="VerifyToken">Meta Cloud: shown in the handshake of the callback address; left out, one is made up.</param>
    public sealed record ConnectRequest(
        string? Provider, string? BaseUrl, string? WabaId, string? PhoneNumberId, string? DisplayPhoneNumber, string? ApiKey, string? AppSecret = null, string? VerifyToken = null);

    /// <summary>What may be changed of a connection.</summary>
    public sealed record ConnectionPatch(bool? Enabled);

    public sealed record KeyRequest(string? ApiKey);

    /// <param name="Secret">Meta Cloud: the new app secret. Others: left out, one is made up and told to the provider.</param>
    /// <param name="OverlapMinutes">How long the one before is still accepted: 0 to 10080, 7 days when left out.</param>
    public sealed record SecretRequest(string? Secret, int? OverlapMinutes);

    /// <param name="PreviousValidUntil">Null when there was no secret before.</param>
    internal sealed record RotatedSecret(DateTimeOffset? PreviousValidUntil);
}
