using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiBotKit.Accounts.Team;

/// <summary>Reads the account, its people and its open invitations.</summary>
internal sealed class ReadTeam(ReadDb reads, TimeProvider time)
{
    public async Task<AccountProfile> AccountAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await db.Set<Account>().Where(a => a.Id == accountId).Select(a => new AccountProfile(a.Id, a.Name, a.RequiresSecondFactor, a.CreatedAt)).FirstAsync(cancellationToken);
    }

    /// <summary>Active people first, then by name.</summary>
    public async Task<IReadOnlyList<PersonItem>> PeopleAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        var people = await db.Set<Person>().Where(p => p.AccountId == accountId).ToListAsync(cancellationToken);
        return [.. people.OrderBy(p => p.DeactivatedAt is not null).ThenBy(p => p.DisplayName, StringComparer.OrdinalIgnoreCase).ThenBy(p => p.Id).Select(PersonItem.Of)];
    }

    /// <summary>Null when the account has nobody of that id.</summary>
    public async Task<PersonItem?> PersonAsync(Guid accountId, Guid id, CancellationToken cancellationToken)
    {
        await using var db = reads.Open();
        return await db.Set<Person>().FirstOrDefaultAsync(p => p.AccountId == accountId && p.Id == id, cancellationToken) is { } person ? PersonItem.Of(person) : null;
    }

    /// <summary>Links that still work, the latest first.</summary>
    public async Task<IReadOnlyList<InvitationItem>> InvitationsAsync(Guid accountId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = reads.Open();
        var open = await db.Set<Invitation>().Where(i => i.AccountId == accountId && i.ExpiresAt > now).OrderByDescending(i => i.CreatedAt).ThenByDescending(i => i.Id).ToListAsync(cancellationToken);
        return [.. open.Select(InvitationItem.Of)];
    }
}

/// <summary>An account as the REST API shows it.</summary>
/// <param name="RequiresSecondFactor">Everybody needs a second factor.</param>
internal sealed record AccountProfile(Guid Id, string Name, bool RequiresSecondFactor, DateTimeOffset CreatedAt);

/// <summary>A person as the REST API and the team page show it: no secret, no hash.</summary>
/// <param name="Role"><c>owner</c> or <c>agent</c>.</param>
/// <param name="Operator">Runs the installation as well.</param>
/// <param name="Active">May sign in.</param>
/// <param name="SecondFactor">Signs in with a second factor.</param>
/// <param name="EmailProven">It is known that the person reads its mail.</param>
/// <param name="EmailYielded">Somebody else proved the address; the person has to give another one.</param>
internal sealed record PersonItem(Guid Id, string Email, string DisplayName, string Role, bool Operator, bool Active, bool SecondFactor, DateTimeOffset CreatedAt, bool EmailProven, bool EmailYielded)
{
    public static PersonItem Of(Person person) => new(
        person.Id, person.YieldedEmail ?? person.Email, person.DisplayName, SignedIn.Word(person.Role), person is { IsFirst: true, Role: PersonRole.Owner }, person.DeactivatedAt is null, person.SecondFactorSince is not null, person.CreatedAt,
        person.EmailProvenAt is not null && person.YieldedEmail is null, person.YieldedEmail is not null);
}

/// <summary>An open invitation; its link was in the mail and is nowhere else.</summary>
/// <param name="Role"><c>owner</c> or <c>agent</c>.</param>
internal sealed record InvitationItem(Guid Id, string Email, string Role, string? InvitedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    public static InvitationItem Of(Invitation invitation) => new(invitation.Id, invitation.Email, SignedIn.Word(invitation.Role), invitation.InvitedBy, invitation.CreatedAt, invitation.ExpiresAt);
}
