using System.Text.Json.Serialization;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>What a message was on the wire. One kind per shape of wire facts 3.</summary>
internal enum InboundKind
{
    Text,
    Image,
    Audio,
    Video,
    Document,
    Sticker,
    Location,
    Contacts,
    ButtonReply,
    ListReply,

    /// <summary>An answered form: a flow or an address.</summary>
    FormReply,
    CallPermissionReply,

    /// <summary>A tap on a template's quick reply.</summary>
    TemplateButton,
    Reaction,
    Order,
    RequestWelcome,
    Edit,
    Revoke,

    /// <summary>Of a kind the API does not carry, or that is not known to us.</summary>
    Unsupported,
}

/// <summary>The typed content of a message, stored as JSON beside its text. All strings are cleaned and bounded.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TextContent), "text")]
[JsonDerivedType(typeof(MediaContent), "media")]
[JsonDerivedType(typeof(LocationContent), "location")]
[JsonDerivedType(typeof(ContactsContent), "contacts")]
[JsonDerivedType(typeof(ChoiceContent), "choice")]
[JsonDerivedType(typeof(FormContent), "form")]
[JsonDerivedType(typeof(ReactionContent), "reaction")]
[JsonDerivedType(typeof(OrderContent), "order")]
[JsonDerivedType(typeof(EditContent), "edit")]
[JsonDerivedType(typeof(RevokeContent), "revoke")]
[JsonDerivedType(typeof(UnsupportedContent), "unsupported")]
[JsonDerivedType(typeof(TemplateContent), "template")]
internal abstract record MessageContent
{
    /// <summary>The ad or post the customer came from; kept with the first message it came with.</summary>
    public Referral? Referral { get; init; }

    /// <summary>True when the customer passed on somebody else's message; null otherwise.</summary>
    public bool? Forwarded { get; init; }
}

/// <summary>Nothing but text, which is kept in the message itself.</summary>
internal sealed record TextContent : MessageContent;

/// <summary>Image, audio, video, document or sticker.</summary>
/// <param name="MediaId">Digits only, or null: anything else is never put into a URL.</param>
/// <param name="MimeType">As claimed by the sender; never trusted for display.</param>
/// <param name="Sha256">Base64, as in webhooks.</param>
/// <param name="Voice">A recorded voice note, as opposed to an audio file.</param>
internal sealed record MediaContent(
    string? MediaId,
    string? MimeType,
    string? Sha256,
    string? FileName,
    string? Caption,
    bool Voice,
    bool Animated) : MessageContent;

/// <summary>Coordinates are null when the wire carried no finite number in range.</summary>
internal sealed record LocationContent(double? Latitude, double? Longitude, string? Name, string? Address) : MessageContent;

/// <summary>Address-book cards that the user shared; at most 50 are kept.</summary>
/// <param name="IsRequested">The answer to our request for contact information: the sender's own number may be in it.</param>
internal sealed record ContactsContent(IReadOnlyList<SharedContact> Cards, bool IsRequested) : MessageContent;

/// <param name="Phones">As written on the card.</param>
/// <param name="WhatsAppIds">Digits only.</param>
internal sealed record SharedContact(string? Name, IReadOnlyList<string> Phones, IReadOnlyList<string> WhatsAppIds, IReadOnlyList<string> Emails);

/// <summary>A tap: reply button, list row or template button.</summary>
/// <param name="Id">The id (or template payload) we gave the button.</param>
internal sealed record ChoiceContent(string? Id, string? Title, string? Description) : MessageContent;

/// <param name="Name"><c>flow</c>, <c>address_message</c> or <c>call_permission</c>.</param>
/// <param name="ResponseJson">The submitted form as the text it came in; not necessarily valid JSON.</param>
internal sealed record FormContent(string? Name, string? Body, string? ResponseJson) : MessageContent;

/// <param name="Emoji">Null when the reaction was taken back.</param>
internal sealed record ReactionContent(string? TargetProviderId, string? Emoji) : MessageContent;

/// <param name="Items">At most 100 are kept.</param>
internal sealed record OrderContent(string? CatalogId, string? Note, IReadOnlyList<OrderItem> Items) : MessageContent;

internal sealed record OrderItem(string? ProductId, decimal? Quantity, decimal? Price, string? Currency);

/// <summary>A changed message; the new words are the message's text.</summary>
internal sealed record EditContent(string? TargetProviderId, MessageContent? NewContent) : MessageContent;

internal sealed record RevokeContent(string? TargetProviderId) : MessageContent;

/// <param name="Type">The wire's name of the kind, e.g. <c>poll_creation</c>.</param>
internal sealed record UnsupportedContent(string? Type, int? Code, string? Reason) : MessageContent;

/// <summary>An approved template that we sent; its text is the message's.</summary>
/// <param name="Buttons">Their words, in order.</param>
internal sealed record TemplateContent(string Name, string Language, string? Footer, IReadOnlyList<string> Buttons) : MessageContent;

/// <summary>What the message answers or where it comes from (<c>context</c>). Forwarded messages have no target.</summary>
internal sealed record ReplyContext(
    string? TargetProviderId,
    bool TargetIsOurs,
    bool Forwarded,
    bool FrequentlyForwarded,
    string? CatalogId,
    string? ProductId);

/// <summary>The ad or post the user came from. It concerns the price only; the 24-hour rule is unchanged (wire facts 8).</summary>
internal sealed record Referral(
    string? SourceType,
    string? SourceId,
    string? SourceUrl,
    string? Headline,
    string? Body,
    string? ClickId);

/// <summary>Source-generated JSON for what is stored of a message.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MessageContent))]
[JsonSerializable(typeof(ReplyContext))]
[JsonSerializable(typeof(Referral))]
internal sealed partial class MessageContentJson : JsonSerializerContext;
