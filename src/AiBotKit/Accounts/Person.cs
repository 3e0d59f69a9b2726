using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AiBotKit.Accounts;

/// <summary>What a person may do in the account; stored as a number, so new roles go to the end.</summary>
internal enum PersonRole
{
    /// <summary>Everything, people, keys and plan included.</summary>
    Owner,

    /// <summary>Reads and answers conversations; changes nothing that belongs to the account.</summary>
    Agent,
}

/// <summary>Somebody who may sign in to an account. One e-mail is one person in one account.</summary>
internal sealed class Person
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>Trimmed and lower-case; the name to sign in with.</summary>
    public required string Email { get; set; }

    /// <summary>
    /// Since when it is known that this person reads the mail of <see cref="Email"/>: by set-up link, invitation, reset or change. Null = nobody but the
    /// person says so; such an address yields to who proves it.
    /// </summary>
    public DateTimeOffset? EmailProvenAt { get; set; }

    /// <summary>The address that was never proven and yielded to who proved it. With it and the password this person still signs in, until a new one is given.</summary>
    public string? YieldedEmail { get; set; }

    /// <summary>Customers see it when this person answers.</summary>
    public required string DisplayName { get; set; }

    /// <summary>PBKDF2 in Identity's format; rehashed at sign-in when the cost rises.</summary>
    public required string PasswordHash { get; set; }

    /// <summary>Changes with the password, the role and the second factor; a session or reset link from before counts no more.</summary>
    public required string SecurityStamp { get; set; }

    public PersonRole Role { get; set; }

    /// <summary>The person whom the set-up link made: while an owner, an operator of the installation as well.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Since then nobody signs in as this person; null while active. The row stays: the audit trail and answers name it.</summary>
    public DateTimeOffset? DeactivatedAt { get; set; }

    /// <summary>The secret of the authenticator app, protected with purpose (account, kind <c>authenticator</c>); set from the beginning of the enrolment.</summary>
    public string? AuthenticatorKeyProtected { get; set; }

    /// <summary>When the second factor was confirmed; null = a password is enough.</summary>
    public DateTimeOffset? SecondFactorSince { get; set; }

    /// <summary>Time step of the last code that was taken: a code works once (S-A6).</summary>
    public long LastCodeStep { get; set; }

    /// <summary>SHA-256 in hex of each recovery code that is left, one per line.</summary>
    public string RecoveryCodes { get; set; } = "";

    /// <summary>Raised by every write; a change of what somebody else has changed meanwhile is refused.</summary>
    public long Version { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Person>
    {
        public void Configure(EntityTypeBuilder<Person> builder)
        {
            builder.ToTable("people").HasKey(p => p.Id);
            builder.HasIndex(p => p.Email).IsUnique();
            builder.HasIndex(p => p.YieldedEmail);
            builder.HasIndex(p => p.AccountId);
        }
    }
}
