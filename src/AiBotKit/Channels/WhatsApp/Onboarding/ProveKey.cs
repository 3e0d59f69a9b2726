using AiBotKit.Channels.WhatsApp.Providers;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>What somebody wants to connect, as they gave it.</summary>
/// <param name="BaseUrl">Null for the provider's own address.</param>
/// <param name="AppSecret">Meta Cloud: signs the callbacks of the app. Null: only the installation's callback secret is accepted, where there is one.</param>
/// <param name="VerifyToken">Meta Cloud: shown in the GET handshake. Null: one is made up.</param>
internal sealed record NumberToConnect(
    ProviderKind Provider, Uri? BaseUrl, string WabaId, string PhoneNumberId, string DisplayPhoneNumber, string ApiKey, string? AppSecret = null, string? VerifyToken = null);

/// <summary>
/// Asks the provider which numbers a key owns (<c>getuserdetails</c>): a key is believed only after that, and ids that came through a browser are hints
/// (wire facts 10.2). Stores nothing.
/// </summary>
internal sealed class ProveKey(ProviderSet providers, WhatsAppOptions options)
{
    private const int LongestKey = 4096;

    /// <summary>The numbers of the key, for a person to choose from.</summary>
    /// <param name="wabaId">Meta Cloud lists the numbers of this account; Pinnacle needs none.</param>
    public async Task<(IReadOnlyList<ProviderNumber>? Numbers, ConnectionRefusal? Refusal)> ListAsync(
        ProviderKind provider, Uri? baseUrl, string wabaId, string apiKey, CancellationToken cancellationToken)
    {
        if (apiKey.Length is 0 or > LongestKey || apiKey.Any(c => c is <= ' ' or > '~'))
        {
            return (null, ConnectionRefusal.Invalid("apiKey must be the provider's key: letters, digits and signs without spaces."));
        }

        if (!IsId(wabaId) && (provider == ProviderKind.MetaCloud || wabaId.Length > 0))
        {
            return (null, ConnectionRefusal.Invalid("wabaId must be the id of the WhatsApp Business Account, digits only."));
        }

        var connection = Speak(provider, baseUrl, "", wabaId, apiKey);
        var answer = await providers.For(connection).GetUserDetailsAsync(connection, cancellationToken);
        return answer is { Succeeded: true, Value: { } numbers } ? (numbers, null) : (null, ConnectionRefusal.Of(answer.Failure!));
    }

    /// <summary>The number as the provider knows it, when the key owns it.</summary>
    public async Task<(ProviderNumber? Number, ConnectionRefusal? Refusal)> ProveAsync(
        ProviderKind provider, Uri? baseUrl, string wabaId, string phoneNumberId, string apiKey, CancellationToken cancellationToken)
    {
        if (!IsId(phoneNumberId))
        {
            return (null, ConnectionRefusal.Invalid("phoneNumberId must be the provider's id of the business number, digits only."));
        }

        var (numbers, refusal) = await ListAsync(provider, baseUrl, wabaId, apiKey, cancellationToken);
        return refusal is not null ? (null, refusal)
            : numbers!.FirstOrDefault(one => one.PhoneNumberId == phoneNumberId) is { } number ? (number, null)
            : (null, ConnectionRefusal.ForeignNumber(phoneNumberId));
    }

    /// <summary>A connection to speak through that is not stored.</summary>
    public ProviderConnection Speak(ProviderKind provider, Uri? baseUrl, string phoneNumberId, string wabaId, string apiKey)
    {
        var address = baseUrl ?? options.DefaultAddress(provider);
        return new ProviderConnection(default, provider, address, phoneNumberId, wabaId, new ApiKey(apiKey)) { BaseUrlFromConfiguration = options.IsConfigured(address) };
    }

    /// <summary>Anything but digits could leave the path of a provider's address.</summary>
    public static bool IsId(string text) => text.Length is > 0 and <= 40 && text.All(char.IsAsciiDigit);
}
