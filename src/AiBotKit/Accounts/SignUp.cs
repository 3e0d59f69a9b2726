using AiBotKit.Accounts.Emails;
using AiBotKit.Accounts.Plans;
using AiBotKit.Durability.Audit;
using AiBotKit.Durability.Mails;

namespace AiBotKit.Accounts;

/// <summary>
/// Makes a new account with its owner, where <c>Accounts:SignUp</c> is open to everybody. The e-mail is not proven first: a mail with a
/// link asks for that, and until then the address yields to who proves it (<see cref="EmailYield"/>). That an e-mail is taken is said, because the form cannot work otherwise; <see cref="SignInLimits"/> bounds the asking.
/// </summary>
internal sealed class SignUp(People people, AccountsOptions options, PlanCatalogue plans, MailOutbox mails, PublicAddress address, TimeProvider time)
{
    private const int LongestName = 80;

    /// <param name="business">Name of the account.</param>
    /// <param name="from">Address of the caller.</param>
    /// <returns>The owner, or a code: <c>closed</c>, <c>business</c>, <c>name</c>, <c>email</c>, <c>email_taken</c>, or what is wrong with the password.</returns>
    public async Task<(Person? Person, string? Error)> RunAsync(string? email, string? displayName, string? business, string password, string? from)
    {
        if (options.SignUp != SignUpMode.Open)
        {
            return (null, "closed");
        }

        var name = business?.Trim() ?? "";
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
        {
            return (null, "business");
        }

        var now = time.GetUtcNow();
        var account = Account.Open(Guid.CreateVersion7(now), name, plans.Default, now);
        var person = new Person
        {
            Id = Guid.CreateVersion7(now),
            AccountId = account.Id,
            Email = PersonRules.Email(email),
            DisplayName = displayName?.Trim() ?? "",
            PasswordHash = "",
            SecurityStamp = "",
            Role = PersonRole.Owner,
            CreatedAt = now,
        };
        var token = RandomToken.New();
        var error = await people.AddAsync(person, password, db =>
        {
            // Here, where the stamp is made: the link is bound to it.
            var (proof, mail) = AskEmailChange.Prepare(mails, address, person, person.Email, token, now);
            AskEmailChange.Add(db, proof, mail);
            db.Add(account);
            AuditTrail.Append(db, new AuditNote(account.Id, new Actor(ActorKind.Person, person.Id, person.DisplayName, from), AuditActs.AccountMade, "account", account.Id.ToString(), name), now);
            return true;
        });
        if (error is not null)
        {
            return (null, error);
        }

        mails.Wake();
        return (person, null);
    }
}
