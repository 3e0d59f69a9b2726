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

/// <summary>Somebody who may sign in to an account.</summary>
internal sealed class Person
{
    public required Guid Id { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>Trimmed and lower-case; the name to sign in with.</summary>
    public required string Email { get; set; }

    /// <summary>Customers see it when this person answers.</summary>
    public required string DisplayName { get; set; }

    /// <summary>PBKDF2 in Identity's format; rehashed at sign-in when the cost rises.</summary>
    public required string PasswordHash { get; set; }

    /// <summary>Changes with the password and with every ending of all sessions; a cookie with another stamp is refused.</summary>
    public required string SecurityStamp { get; set; }

    public PersonRole Role { get; set; }

    /// <summary>The person whom the set-up link made: while an owner, an operator of the installation as well.</summary>
    public bool IsFirst { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Person>
    {
        public void Configure(EntityTypeBuilder<Person> builder)
        {
            builder.ToTable("people").HasKey(p => p.Id);
            builder.HasIndex(p => p.Email).IsUnique();
            builder.HasIndex(p => p.AccountId);
        }
    }
}
