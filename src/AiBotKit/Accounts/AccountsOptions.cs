using AiBotKit.Hosting.Configuration;

namespace AiBotKit.Accounts;

/// <summary>Settings of the first account.</summary>
internal sealed class AccountsOptions
{
    /// <summary>Bootstrap bearer key: operator of the first account. Null = no bearer access.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Where people reach this server, for the set-up link; null = the address it listens on.</summary>
    public Uri? PublicUrl { get; init; }

    public static AccountsOptions Read(SettingsReader settings)
    {
        var options = new AccountsOptions { ApiKey = settings.Secret("Api:Key", 8), PublicUrl = settings.Address("PublicUrl") };
        settings.RefuseUnknown("Api");
        return options;
    }
}
