namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>Settings <c>WhatsApp:Onboarding:*</c>: where Pinnacle's embedded sign-up is, and who we are there. With the simulator on, it is the simulator's.</summary>
/// <param name="BaseUrl">Null: there is no embedded sign-up, numbers are connected by key.</param>
/// <param name="PartnerKey">The partner's own key; it never leaves the server.</param>
internal sealed record OnboardingOptions(Uri? BaseUrl, string? PartnerKey, string PartnerId)
{
    public static OnboardingOptions None { get; } = new(null, null, "");

    /// <summary>Scheme, host and port of the sign-up page: the only frame that our pages show, and the only sender they listen to.</summary>
    public string? Origin => BaseUrl?.GetLeftPart(UriPartial.Authority);

    public override string ToString() => nameof(OnboardingOptions);
}
