using AiBotKit.Durability;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>What an error code of Meta or Pinnacle means for a send: the table of wire facts 6.1, for answers and for <c>failed</c> statuses alike.</summary>
/// <param name="Kind">What may be done next.</param>
/// <param name="Sentence">For the owner: what happened, that the customer did not get the message, what to do.</param>
/// <param name="FirstWait">The first wait when the provider names none; null for kinds that are not tried again, or when ordinary back-off is right.</param>
/// <param name="MaxRetries">How many tries beyond the first make sense; null leaves it to the outbox.</param>
internal sealed record ErrorMeaning(RejectionKind Kind, string Sentence, TimeSpan? FirstWait = null, int? MaxRetries = null)
{
    /// <summary>Something about the number or its account needs the owner, who is told.</summary>
    public bool ChannelBroken => Kind is RejectionKind.ConnectionBroken or RejectionKind.OwnerNeeded;
}

internal static class WhatsAppErrors
{
    private const string NotReached = "The customer did not get this message.";

    private static readonly Dictionary<int, ErrorMeaning> Table = Build();

    /// <summary>All codes with a meaning of their own; 200-299 are one range.</summary>
    public static IReadOnlyDictionary<int, ErrorMeaning> Known => Table;

    /// <param name="code">Meta's code; decided on before HTTP status and text (wire facts 6.1).</param>
    /// <param name="httpStatus">Of the answer, or null for a <c>failed</c> status; only speaks when the code is unknown.</param>
    public static ErrorMeaning Of(int? code, int? subcode = null, int? httpStatus = null)
    {
        if (code is 100 && subcode is 33)
        {
            return Table[33];
        }

        if (code is { } known && Table.TryGetValue(known, out var meaning))
        {
            return meaning;
        }

        if (code is >= 200 and <= 299)
        {
            return Table[10];
        }

        if (httpStatus is >= 500)
        {
            return Table[1];
        }

        // A 404 with a code of Meta's may as well speak of a template.
        return FromHttpStatus(httpStatus is 404 ? null : httpStatus) ?? Final($"WhatsApp refused the message{(code is null ? "" : $" (error {code})")}. {NotReached} Try once more; if it stays, ask your provider about this error.");
    }

    /// <summary>Pinnacle's own flat errors carry HTTP-like codes with words (wire facts 1.1).</summary>
    public static ErrorMeaning OfFlat(int? code, int? httpStatus)
    {
        if (code is 402)
        {
            return Owner($"The prepaid balance at the provider is used up. {NotReached} Top it up.");
        }

        // A flat code beyond HTTP's range is Meta's, handed on without its envelope.
        return code is >= 600 ? Of(code, null, httpStatus) : FromHttpStatus(code) ?? FromHttpStatus(httpStatus) ?? Of(null);
    }

    /// <summary>The code of a <c>failed</c> status decides; without one it is final.</summary>
    public static ErrorMeaning OfStatus(IReadOnlyList<WireError> errors) => Of(errors.Count > 0 ? errors[0].Code : null);

    /// <summary>A sentence about a send, said of the connection: what is the case and what to do, without the message that was or was not sent.</summary>
    /// <param name="sentence">Of <see cref="ErrorMeaning"/> or any other.</param>
    /// <returns>What to do is null when the sentence does not say it.</returns>
    public static (string Cause, string? Todo) OfConnection(string sentence)
    {
        var about = sentence.Replace(" " + NotReached, "", StringComparison.Ordinal);
        var end = about.IndexOf(". ", StringComparison.Ordinal) + 1;
        return end > 0 ? (about[..end], about[end..].Trim()) : (about, null);
    }

    private static ErrorMeaning? FromHttpStatus(int? status) => status switch
    {
        401 => Table[190],
        402 => OfFlat(402, null),
        403 => Owner($"The provider refuses this key for this number. {NotReached} Check that the API key belongs to the number, then reconnect."),
        404 => Owner($"The provider does not know this number. {NotReached} Check the phone number id of the connection."),
        408 or 425 => Retry($"The provider did not take the message in time. {NotReached} It is tried again by itself."),
        429 => new(RejectionKind.WaitConnection, $"The provider asks to slow down. {NotReached} It is sent by itself when the pause is over.", TimeSpan.FromSeconds(5)),
        _ => null,
    };

    private static Dictionary<int, ErrorMeaning> Build()
    {
        var table = new Dictionary<int, ErrorMeaning>();
        void Add(ErrorMeaning meaning, params ReadOnlySpan<int> codes)
        {
            foreach (var code in codes)
            {
                table.Add(code, meaning);
            }
        }

        // The key is dead: the queue is held until there is another.
        Add(Broken($"The provider no longer accepts the API key or token of this number. {NotReached} Reconnect the number; waiting messages are then sent."), 0, 190);
        // Somebody has to act, and the message is over (F20: failed, with the code shown).
        Add(Owner($"The app or key lacks a permission for this number. {NotReached} Grant the messaging permission at the provider, then reconnect."), 3, 10, 131005);
        Add(Owner($"WhatsApp has blocked or locked the business account for a policy reason. {NotReached} Open WhatsApp Manager to see why and to appeal."), 368, 131031);
        Add(Owner($"The number was deleted or does not belong to this account. {NotReached} Connect a number that is in use."), 33);
        Add(Owner($"The display name of the number is not approved. {NotReached} Have it approved in WhatsApp Manager."), 131037);
        Add(Owner($"There is a problem with the payment method of the business account. {NotReached} Fix it in WhatsApp Manager."), 131042);
        Add(Owner($"The certificate of the number is not valid. {NotReached} Register the number again."), 131045);
        Add(Owner($"The number is not registered for sending. {NotReached} Register it at the provider."), 133000, 133005, 133006, 133008, 133009, 133010, 133015);
        Add(Owner($"The number was registered too often and is barred for up to 72 hours. {NotReached} Wait, then register it again."), 133016);

        // Rates: waiting is all that is needed.
        Add(new(RejectionKind.WaitPair, $"Too many messages went to this customer in a short time. {NotReached} It is sent by itself after a pause.", TimeSpan.FromSeconds(6)), 131056);
        Add(new(RejectionKind.WaitConnection, $"Too many messages left this number at once. {NotReached} It is sent by itself after a pause.", TimeSpan.FromSeconds(1)), 130429);
        Add(new(RejectionKind.WaitConnection, $"The account has used up its calls for now. {NotReached} It is sent by itself within the hour.", TimeSpan.FromMinutes(3)), 4, 80007);

        // Transient.
        Add(Retry($"WhatsApp had an unknown problem. {NotReached} It is tried again by itself.", 2), 1);
        Add(Retry($"WhatsApp was unavailable for a moment. {NotReached} It is tried again by itself."), 2, 131016);
        Add(Retry($"WhatsApp had an internal problem. {NotReached} It is tried again by itself.", 3), 131000);
        Add(Retry($"The number is under maintenance at WhatsApp for a minute. {NotReached} It is tried again by itself.", null, 60), 131057, 133004, 2494100);

        // The service window.
        Add(new(RejectionKind.WindowClosed, $"More than 24 hours have passed since the customer's last message. {NotReached} Only an approved template can be sent until they write again."), 131047);

        // Final for this message.
        Add(Final($"WhatsApp limits this number because people blocked or reported it. {NotReached} Check the quality rating in WhatsApp Manager before sending more."), 131048);
        Add(Final($"WhatsApp does not allow messages from this account to the customer's country. {NotReached} Reach them another way."), 130497);
        Add(Final($"The message could not be delivered: the customer is not on WhatsApp, uses an old version or has not accepted its terms. {NotReached} Reach them another way."), 131026);
        Add(Final($"WhatsApp withheld the message to protect the customer from too much marketing. {NotReached} Do not send it again within 24 hours."), 131049);
        Add(Final($"The customer has stopped marketing messages from you. {NotReached} Reply only when they write."), 131050);
        Add(Final($"WhatsApp left this customer out as part of an experiment. {NotReached} Sending again does not help."), 130472);
        Add(Final($"The recipient is the business number itself. {NotReached} Nothing needs to be done."), 131021);
        Add(Final($"The test number may only write to listed recipients. {NotReached} Add the customer to the list, or use a real number."), 131030);
        Add(Final($"This kind of message needs the customer's phone number, and only a user id is known. {NotReached} Ask the customer for the number."), 131062);
        Add(Final($"WhatsApp did not accept the form of the message. {NotReached} Shorten or reword it; if that does not help, report the error code."), 100, 131008, 131009, 135000, 131051, 131055);
        Add(Final($"The attached file could not be fetched or is not supported. {NotReached} Send the file in another format."), 131052, 131053);
        Add(Final($"The template cannot be sent: it is missing, paused, disabled or its values do not fit. {NotReached} Check the template in WhatsApp Manager."),
            132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018, 132068, 132069);
        Add(Final($"The payment or marketing function is not available to this account. {NotReached} Ask your provider."), 134011, 134100, 134101, 134102);
        Add(Final($"The number is being moved between providers. {NotReached} Finish the move, then send again."), 2388001, 2388012, 2388091, 2388093, 2388103);
        return table;
    }

    private static ErrorMeaning Broken(string sentence) => new(RejectionKind.ConnectionBroken, sentence);

    private static ErrorMeaning Owner(string sentence) => new(RejectionKind.OwnerNeeded, sentence);

    private static ErrorMeaning Final(string sentence) => new(RejectionKind.Final, sentence);

    private static ErrorMeaning Retry(string sentence, int? maxRetries = null, int firstWaitSeconds = 1) =>
        new(RejectionKind.Retry, sentence, TimeSpan.FromSeconds(firstWaitSeconds), maxRetries);
}
