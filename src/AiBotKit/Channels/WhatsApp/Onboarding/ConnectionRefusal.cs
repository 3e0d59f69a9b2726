using AiBotKit.Accounts.Plans;
using AiBotKit.Channels.WhatsApp.Providers;
using AiBotKit.Durability;

namespace AiBotKit.Channels.WhatsApp.Onboarding;

/// <summary>Why an act on a connection was refused. Expected, so it is returned and not thrown.</summary>
/// <param name="Status">HTTP status of the answer over REST.</param>
/// <param name="Code">Stable; part of the API.</param>
/// <param name="Sentence">What is the case and what to do, for the person who asked.</param>
/// <param name="Plan">Set when the account's plan is the reason.</param>
internal sealed record ConnectionRefusal(int Status, string Code, string Sentence, PlanProblem? Plan = null)
{
    public static ConnectionRefusal Of(PlanProblem plan) => new(StatusCodes.Status402PaymentRequired, plan.Code, plan.Sentence, plan);

    public static ConnectionRefusal ChatbotTaken { get; } = new(
        StatusCodes.Status409Conflict, "CHATBOT_ALREADY_CONNECTED", "This chatbot already has a WhatsApp number. Disconnect it first, or connect the new number to another chatbot.");

    public static ConnectionRefusal NumberTaken { get; } = new(
        StatusCodes.Status409Conflict, "NUMBER_ALREADY_CONNECTED", "This number is connected to another chatbot. Disconnect it there first.");

    public static ConnectionRefusal NotConnected { get; } = new(
        StatusCodes.Status409Conflict, "not_connected", "This number is disconnected. Connect it again first.");

    public static ConnectionRefusal ChatbotGone { get; } = new(StatusCodes.Status409Conflict, "chatbot_gone", "This chatbot was deleted meanwhile; the number was not connected.");

    /// <summary>A provider on the internet can reach us by https only (Meta requires a certificate of a public authority).</summary>
    public static ConnectionRefusal NoPublicUrl { get; } = new(
        StatusCodes.Status409Conflict,
        "public_url_required",
        "WhatsApp delivers messages to an https address, and this server does not know one. Put a reverse proxy with a certificate in front of it and set PublicUrl to its https address (docs/operations.md shows how).");

    public static ConnectionRefusal Invalid(string sentence) => new(StatusCodes.Status400BadRequest, "bad_request", sentence);

    public static ConnectionRefusal ForeignNumber(string phoneNumberId) => new(
        StatusCodes.Status422UnprocessableEntity, "key_does_not_own_number", $"The provider accepts the key, but it does not own the number {phoneNumberId}. Check the phone number id, or use the key of that number.");

    /// <summary>What a provider's refusal of <c>getuserdetails</c> means for the person who gave the key.</summary>
    public static ConnectionRefusal Of(ProviderFailure failure) => failure.Kind switch
    {
        RejectionKind.ConnectionBroken when failure.Code is null && failure.Reason.Contains("not allowed", StringComparison.Ordinal) =>
            new(StatusCodes.Status422UnprocessableEntity, "address_not_allowed", "This address is not one that the server may call. Use the provider's own https address; one in your own network has to be in the server's configuration."),
        RejectionKind.OwnerNeeded or RejectionKind.Final when WhatsAppErrors.OfConnection(failure.Reason) is var (cause, todo) =>
            new(StatusCodes.Status422UnprocessableEntity, "provider_refused", $"{cause} {todo ?? "Look at the account at the provider, or ask there."}"),
        RejectionKind.ConnectionBroken =>
            new(StatusCodes.Status422UnprocessableEntity, "key_refused", "The provider does not accept this key. Copy it again from the provider's page; a key that was replaced there no longer works."),
        _ => new(StatusCodes.Status502BadGateway, "provider_unreachable", $"The provider could not be asked whether the key is right. {failure.Reason} Try again in a moment."),
    };
}
