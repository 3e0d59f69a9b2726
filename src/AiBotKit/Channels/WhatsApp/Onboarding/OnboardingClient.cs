using System.Text.Json;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Durability;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>What a finished sign-up gives.</summary>
internal sealed record SignupGrant(string WabaId, string PhoneNumberId, string? DisplayPhone, ApiKey Key);

/// <summary>
/// The exchange of a sign-up's state for ids and key, from server to server with the partner's key, so that no credential crosses the browser (wire facts 1.3).
/// </summary>
internal sealed class OnboardingClient(ProviderHttp http)
{
    public async Task<ProviderResult<SignupGrant>> CompleteAsync(Uri baseUrl, string partnerKey, string state, CancellationToken cancellationToken)
    {
        // The operator wrote this address: exactly this endpoint is allowed (S-S9), and only it is shown the partner's key.
        var endpoint = new ProviderConnection(default, ProviderKind.Pinnacle, baseUrl, "", "", new ApiKey(partnerKey)) { BaseUrlFromConfiguration = true };
        var body = ProviderBodies.Write(writer => writer.WriteString("state", state));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{baseUrl.AbsoluteUri.TrimEnd('/')}/api/onboarding/complete") { Content = new TrackedJson(body, SendProgress.None) };
        request.Headers.TryAddWithoutValidation("apikey", partnerKey);
        return ProviderAnswers.OfCall(await http.ExchangeAsync(endpoint, request, cancellationToken), Read);
    }

    private static SignupGrant? Read(JsonElement root)
    {
        var data = root.TryGet("data"u8, out var inner) ? inner : root;
        return data.Digits("waba_id"u8) is { } waba && data.Digits("phone_number_id"u8) is { } number && data.Text("apikey"u8) is { Length: > 0 } key
            ? new SignupGrant(waba, number, SessionIds.PhoneDigits(data.Text("display_phone_number"u8)), new ApiKey(key))
            : null;
    }
}
