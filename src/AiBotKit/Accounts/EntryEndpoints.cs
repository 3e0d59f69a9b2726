using AiBotKit.Accounts.Emails;
using AiBotKit.Accounts.Passwords;
using AiBotKit.Accounts.SecondFactor;
using AiBotKit.Accounts.Sessions;
using AiBotKit.Accounts.Team;
using AiBotKit.Durability.Audit;
using AiBotKit.Hosting;
using AiBotKit.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace AiBotKit.Accounts;

/// <summary>
/// The forms of the pages before the dashboard. Each answers with a redirect, to where the person wanted to go or back to its page with a code
/// that the page has a sentence for; one try too many with 429, and the way to the page that says so. The anti-forgery token is checked because these routes bind a form.
/// </summary>
internal static class EntryEndpoints
{
    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/account").WithTags("Accounts").ExcludeFromDescription().AllowAnonymous();
        group.MapPost("/setup", SetUpAsync);
        group.MapPost("/sign-up", SignUpAsync);
        group.MapPost("/sign-in", SignInAsync);
        group.MapPost("/second-factor", SecondFactorAsync);
        group.MapPost("/sign-out", SignOutAsync);
        group.MapPost("/forgot-password", ForgotPasswordAsync);
        group.MapPost("/reset-password", ResetPasswordAsync);
        group.MapPost("/accept-invitation", AcceptInvitationAsync);
        group.MapPost("/confirm-email", ConfirmEmailAsync);
    }

    private static Task<IResult> SetUpAsync(
        [FromForm] string? token, [FromForm] string? email, [FromForm] string? displayName, [FromForm] string? password, [FromForm] bool? demo, SetUpOwner setUp, OpenSession open, Gate gate, HttpContext context) =>
        gate.RunAsync(context, $"/setup?token={Escaped(token)}", email, async () =>
        {
            var (person, error) = demo == true
                ? await setUp.DemoAsync(token ?? "", context.Address())
                : await setUp.RunAsync(token ?? "", email ?? "", displayName ?? "", password ?? "", context.Address());
            return person is null ? error : await InAsync(open, context, person, null);
        });

    private static Task<IResult> SignUpAsync(
        [FromForm] string? email, [FromForm] string? displayName, [FromForm] string? business, [FromForm] string? password, SignUp signUp, OpenSession open, Gate gate, HttpContext context) =>
        gate.RunAsync(context, "/sign-up", email, async () =>
        {
            var (person, error) = await signUp.RunAsync(email, displayName, business, password ?? "", context.Address());
            return person is null ? error : await InAsync(open, context, person, null);
        });

    private static Task<IResult> SignInAsync(
        [FromForm] string? email, [FromForm] string? password, [FromForm] string? returnUrl, SignInPerson signIn, OpenSession open, PendingSignIns pending, Gate gate, HttpContext context)
    {
        var target = IsLocal(returnUrl) ? returnUrl! : "/";
        return gate.RunAsync(
            context,
            $"/sign-in?returnUrl={Escaped(target)}",
            email,
            async () =>
            {
                if (await signIn.RunAsync(email ?? "", password ?? "", context.Address()) is not { } person)
                {
                    return "credentials";
                }

                if (person.SecondFactorSince is null)
                {
                    return await InAsync(open, context, person, AuditActs.SignedIn);
                }

                PendingCookie.Set(context, pending.Add(person.Id, person.SecurityStamp));
                return "second_factor";
            },
            target);
    }

    private static async Task<IResult> SecondFactorAsync(
        [FromForm] string? code, [FromForm] string? returnUrl, People people, CheckSecondFactor check, OpenSession open, PendingSignIns pending, Gate gate, HttpContext context, CancellationToken cancellationToken)
    {
        var (token, target) = (PendingCookie.Get(context), IsLocal(returnUrl) ? returnUrl! : "/");
        if (pending.TryTake(token) is not { } waiting || await people.FindByIdAsync(waiting.PersonId.ToString()) is not { DeactivatedAt: null } person || person.SecurityStamp != waiting.Stamp)
        {
            PendingCookie.Remove(context);
            return TypedResults.LocalRedirect("/sign-in?error=pending");
        }

        return await gate.RunAsync(
            context,
            $"/two-factor?returnUrl={Escaped(target)}",
            person.Email,
            async () =>
            {
                if (!await check.RunAsync(person, code ?? "", context.Address(), cancellationToken))
                {
                    return "code";
                }

                pending.Remove(token);
                PendingCookie.Remove(context);
                return await InAsync(open, context, person, AuditActs.SignedIn);
            },
            target);
    }

    private static async Task<RedirectHttpResult> SignOutAsync([FromForm] string? returnUrl, EndSessions sessions, HttpContext context)
    {
        if (context.User.SessionId() is { } session && context.User.FindFirst(claim => claim.Type is SignedIn.AccountClaim or SignedIn.EnrolClaim) is { } account)
        {
            try
            {
                await sessions.OneAsync(Guid.Parse(account.Value), context.User.PersonId(), session, context.Actor(), AuditActs.SignedOut);
            }
            catch (StoreUnavailableException)
            {
                // The browser forgets the session below; on disk it ends by its age.
            }
        }

        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.LocalRedirect(IsLocal(returnUrl) ? returnUrl! : "/sign-in?error=signed_out");
    }

    private static Task<IResult> ForgotPasswordAsync([FromForm] string? email, AskPasswordReset ask, Gate gate, HttpContext context, CancellationToken cancellationToken) =>
        gate.RunAsync(context, "/forgot-password", email, async () =>
        {
            await ask.RunAsync(email ?? "", context.Address(), cancellationToken);
            return "mail_sent";
        });

    private static Task<IResult> ResetPasswordAsync([FromForm] string? token, [FromForm] string? password, ResetPassword reset, Gate gate, HttpContext context, CancellationToken cancellationToken) =>
        gate.RunAsync(
            context,
            $"/reset-password?token={Escaped(token)}",
            token,
            () => reset.RunAsync(token, password ?? "", context.Address(), cancellationToken),
            "/sign-in?error=password_set");

    private static Task<IResult> AcceptInvitationAsync(
        [FromForm] string? token, [FromForm] string? displayName, [FromForm] string? password, AcceptInvitation accept, OpenSession open, Gate gate, HttpContext context, CancellationToken cancellationToken) =>
        gate.RunAsync(context, $"/invitation?token={Escaped(token)}", token, async () =>
        {
            var (person, error) = await accept.RunAsync(token, displayName, password ?? "", context.Address(), cancellationToken);
            return person is null ? error : await InAsync(open, context, person, null);
        });

    private static Task<IResult> ConfirmEmailAsync([FromForm] string? token, ConfirmEmail confirm, Gate gate, HttpContext context, CancellationToken cancellationToken) =>
        gate.RunAsync(
            context,
            $"/confirm-email?token={Escaped(token)}",
            token,
            async () => await confirm.RunAsync(token, context.Address(), cancellationToken) is var (isAnother, error) && error is null ? (isAnother ? "email_changed" : "email_proven") : error);

    private static async Task<string?> InAsync(OpenSession open, HttpContext context, Person person, string? act) => await open.RunAsync(context, person, act) ? null : "credentials";

    private static string Escaped(string? text) => Uri.EscapeDataString(text ?? "");

    private static bool IsLocal(string? url) =>
        url is { Length: > 0 and <= 500 } && url[0] == '/' && (url.Length == 1 || url[1] is not ('/' or '\\')) && !url.Any(char.IsControl);

    /// <summary>What every form passes before its act: the way must be encrypted, and tries are counted (S-A4, S-H1).</summary>
    internal sealed class Gate(SignInLimits limits, HttpOptions http)
    {
        /// <param name="page">Of the form; the code is put behind it.</param>
        /// <param name="whose">E-mail or link whose tries are counted besides those of the address.</param>
        /// <param name="act">Null when it is done, else the code.</param>
        /// <param name="target">Where it leads when it is done.</param>
        public async Task<IResult> RunAsync(HttpContext context, string page, string? whose, Func<Task<string?>> act, string target = "/")
        {
            var back = page + (page.Contains('?', StringComparison.Ordinal) ? "&error=" : "?error=");
            var request = context.Request;
            if (!PlainHttpRules.MaySignIn(request.IsHttps, request.Host.Host, context.Connection.RemoteIpAddress, PlainHttpRules.IsForwarded(request.Headers), http.AllowInsecure))
            {
                return TypedResults.LocalRedirect(back + "insecure");
            }

            if (limits.Take(whose ?? "", context.Address() ?? "") is { } wait)
            {
                return new TooManyTries(back + "rate", wait);
            }

            try
            {
                return await act() switch
                {
                    null => TypedResults.LocalRedirect(target),
                    "second_factor" => TypedResults.LocalRedirect($"/two-factor?returnUrl={Escaped(target)}"),
                    var done when done is "email_changed" or "email_proven" => TypedResults.LocalRedirect("/sign-in?error=" + done),
                    var code => TypedResults.LocalRedirect(back + code),
                };
            }
            catch (StoreUnavailableException)
            {
                return TypedResults.LocalRedirect(back + "unavailable");
            }
        }
    }
}
