namespace AiBotKit.Accounts;

/// <summary>A secret from the configuration whose change is to be seen in the audit trail. A class, so that nothing prints its value.</summary>
internal sealed class ConfiguredSecret(string setting, string? value)
{
    public string Setting => setting;

    /// <summary>Null when it is not set.</summary>
    public string? Value => string.IsNullOrEmpty(value) ? null : value;
}
