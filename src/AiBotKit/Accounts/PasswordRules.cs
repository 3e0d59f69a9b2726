using System.Collections.Frozen;

namespace AiBotKit.Accounts;

/// <summary>What a password must be (S-A2): 12 to 128 characters of any kind, and not one that attackers try first.</summary>
internal static class PasswordRules
{
    public const int MinLength = 12;
    public const int MaxLength = 128;

    private static readonly Lazy<FrozenSet<string>> Common = new(Load);

    /// <summary>How many common passwords are known; at least 10,000.</summary>
    public static int CommonCount => Common.Value.Count;

    /// <summary>Null when it may be used, else the code of the reason.</summary>
    public static string? Problem(string password) =>
        password.Length < MinLength ? "password_short"
        : password.Length > MaxLength ? "password_long"
        : IsCommon(password) ? "password_common"
        : null;

    private static bool IsCommon(string password)
    {
        var lower = password.ToLowerInvariant();
        var stem = lower.AsSpan().TrimEnd("0123456789!?.-_#$* ").ToString();
        return Common.Value.Contains(lower) || stem.Length == 0 || (stem.Length >= 6 && Common.Value.Contains(stem)) || lower.Distinct().Count() < 4;
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
