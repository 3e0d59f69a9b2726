using AiBotKit.Hosting.Configuration;

namespace AiBotKit.Accounts;

/// <summary>Who may make an account of their own.</summary>
internal enum SignUpMode
{
    /// <summary>Nobody: people come by an invitation.</summary>
    Invite,

    /// <summary>Everybody who reaches the server.</summary>
    Open,
}

/// <summary>Settings of accounts, people and sessions.</summary>
internal sealed class AccountsOptions
{
    /// <summary>Fewer could be guessed through: the key has the rights of the operator, and no second factor stands before it.</summary>
    private const int ShortestKey = 24;

    /// <summary>Bootstrap bearer key: operator of the first account. Null = no such key.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Where people reach this server, for links; null = the address it listens on.</summary>
    public Uri? PublicUrl { get; init; }

    public SignUpMode SignUp { get; init; }

    /// <summary>A session that nobody used for so long has ended (S-A8).</summary>
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromHours(12);

    /// <summary>A session ends then, however much it is used (S-A8).</summary>
    public TimeSpan SessionLife { get; init; } = TimeSpan.FromDays(30);

    public static AccountsOptions Read(SettingsReader settings)
    {
        var options = new AccountsOptions
        {
            ApiKey = settings.Secret("Api:Key", ShortestKey),
            PublicUrl = settings.Address("PublicUrl"),
            SignUp = settings.Choice("Accounts:SignUp", SignUpMode.Invite),
            SessionIdle = TimeSpan.FromHours(settings.Whole("Accounts:SessionIdleHours", 12, 1, 720)),
            SessionLife = TimeSpan.FromDays(settings.Whole("Accounts:SessionDays", 30, 1, 365)),
        };
        settings.RefuseUnknown("Api");
        settings.RefuseUnknown("Accounts");
        return options;
    }
}
