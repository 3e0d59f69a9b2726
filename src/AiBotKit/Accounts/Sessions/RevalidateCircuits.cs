using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace AiBotKit.Accounts.Sessions;

/// <summary>
/// A circuit asks every 4 s whether its principal is still good, so that 5 s after an end nothing of it is (S-A7): the second wall behind
/// <see cref="LiveConnections"/>, and the first for a session whose time is over. A principal that this product did not make is not good.
/// </summary>
internal sealed class RevalidateCircuits(ILoggerFactory logger, CheckSession check) : RevalidatingServerAuthenticationStateProvider(logger)
{
    /// <summary>So that a circuit ends within five seconds of its session (S-A), the look itself included.</summary>
    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(4);

    protected override TimeSpan RevalidationInterval => Every;

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        check.IsStillGoodAsync(authenticationState.User, cancellationToken);
}
