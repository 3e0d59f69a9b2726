using System.Net.Mail;
using Microsoft.AspNetCore.Identity;

namespace AiBotKit.Accounts;

/// <summary>What a person's e-mail and name must be. Pure.</summary>
internal static class PersonRules
{
    public const int LongestName = 80;
    public const int LongestEmail = 254;

    public static string Email(string? typed) => typed?.Trim().ToLowerInvariant() ?? "";

    /// <summary>Null when both may be used, else the code of what is wrong.</summary>
    /// <param name="email">As <see cref="Email"/> gives it.</param>
    /// <param name="name">Trimmed.</param>
    public static string? Problem(string email, string name) => EmailProblem(email) ?? NameProblem(name);

    public static string? EmailProblem(string email) =>
        email.Length is 0 or > LongestEmail || email.Any(char.IsControl) || !MailAddress.TryCreate(email, out var parsed) || parsed.Address != email ? "email" : null;

    public static string? NameProblem(string name) => name.Length is 0 or > LongestName || name.Any(char.IsControl) ? "name" : null;
}

/// <summary>Identity's question about a person, answered by <see cref="PersonRules"/>. That an e-mail is free is the store's word, in the write itself.</summary>
internal sealed class PersonValidator : IUserValidator<Person>
{
    public Task<IdentityResult> ValidateAsync(UserManager<Person> manager, Person user) =>
        Task.FromResult(PersonRules.Problem(user.Email, user.DisplayName) is { } code ? IdentityResult.Failed(new IdentityError { Code = code }) : IdentityResult.Success);
}

/// <summary>Identity's question about a password, answered by <see cref="PasswordRules"/>.</summary>
internal sealed class PasswordRulesValidator : IPasswordValidator<Person>
{
    public Task<IdentityResult> ValidateAsync(UserManager<Person> manager, Person user, string? password) =>
        Task.FromResult(PasswordRules.Problem(password ?? "") is { } code ? IdentityResult.Failed(new IdentityError { Code = code }) : IdentityResult.Success);
}

/// <summary>E-mails are compared as they are stored.</summary>
internal sealed class EmailNormalizer : ILookupNormalizer
{
    public string? NormalizeName(string? name) => name is null ? null : PersonRules.Email(name);

    public string? NormalizeEmail(string? email) => NormalizeName(email);
}
