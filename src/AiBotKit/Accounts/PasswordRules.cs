using System.Collections.Frozen;

namespace AiBotKit.Accounts;

/// <summary>
/// What a password must be (S-A2): 12 to 128 characters of any kind, and not one that attackers try first. A character is one of Unicode's (a code
/// point), so that a letter counts once in every script. Nothing is cut off.
/// </summary>
internal static class PasswordRules
{
    public const int MinLength = 12;
    public const int MaxLength = 128;

    /// <summary>Digits and marks behind a listed password that attackers' tools put there too.</summary>
    private const int LongestTail = 6;

    private static readonly Lazy<FrozenSet<string>> Common = new(Load);

    /// <summary>How many common passwords are known; at least 10,000.</summary>
    public static int CommonCount => Common.Value.Count;

    /// <summary>Null when it may be used, else the code of the reason.</summary>
    public static string? Problem(string password) =>
        IsTooLong(password) ? "password_long"
        : Length(password) < MinLength ? "password_short"
        : IsCommon(password) ? "password_common"
        : null;

    /// <summary>No password is: neither set nor worth the work of a check.</summary>
    public static bool IsTooLong(string password) => password.Length > 2 * MaxLength || Length(password) > MaxLength;

    private static int Length(string password)
    {
        var length = 0;
        foreach (var _ in password.EnumerateRunes())
        {
            length++;
        }

        return length;
    }

    /// <summary>On the list, or a listed one with a few digits or marks behind it: most of the list is shorter than 12 characters and is lengthened so.</summary>
    private static bool IsCommon(string password)
    {
        var lower = password.ToLowerInvariant();
        var stem = lower.AsSpan().TrimEnd("0123456789!?.-_#$* ").ToString();
        return Common.Value.Contains(lower) || (stem.Length >= MinLength - LongestTail && lower.Length - stem.Length <= LongestTail && Common.Value.Contains(stem));
    }

    private static FrozenSet<string> Load()
    {
        using var stream = typeof(PasswordRules).Assembly.GetManifestResourceStream("AiBotKit.Accounts.common-passwords.txt")
            ?? throw new InvalidOperationException("The list of common passwords is missing from the program.");
        using var reader = new StreamReader(stream);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return lines.ToFrozenSet(StringComparer.Ordinal);
    }
}
