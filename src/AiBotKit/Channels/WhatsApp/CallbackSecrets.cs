using System.Collections.Frozen;
using System.Security.Cryptography;
using AiBotKit.Durability;
using AiBotKit.Hosting.Secrets;
using AiBotKit.Storage;

namespace AiBotKit.Channels.WhatsApp;

/// <summary>What came with a callback besides its signature: the key in its address, which selects a secret and proves nothing, and the value of our own header.</summary>
internal readonly record struct CallbackHints(string? Key, string? Header);

/// <summary>The connection whose own secret signed a callback: the callback speaks for this number and no other.</summary>
internal sealed record CallbackSigner(Guid ConnectionId, string PhoneNumberId, string WabaId, bool HeaderSeen);

/// <summary>
/// The signing secrets that numbers have of their own (wire facts 1.2), in memory. A callback that the installation's secret did not sign is verified
/// with exactly one of them, chosen by the key in its address or by the phone number id in its body: both are a stranger's word and only choose.
/// Read again after a commit that changed one, and never for a callback that the installation's own secret signed.
/// </summary>
internal sealed class CallbackSecrets
{
    /// <summary>Name of the header that <c>setwebhook</c> asks the provider to send.</summary>
    public const string HeaderName = "X-AiBotKit-Callback";

    /// <summary>In the query of a callback address.</summary>
    public const string KeyName = "k";

    private readonly Func<IReadOnlyList<Connection>> _read;
    private readonly SecretProtector? _secrets;
    private readonly SignatureScheme _form;
    private readonly TimeProvider _time;
    private readonly SignatureScheme _nobody;
    private readonly Lock _reading = new();
    private Known? _known;
    private int _version;

    public CallbackSecrets(ReadDb reads, SecretProtector secrets, CommitSignals signals, SignatureScheme form, TimeProvider time)
        : this(() => Read(reads), secrets, form, time) => signals.CredentialsChanged += Forget;

    private CallbackSecrets(Func<IReadOnlyList<Connection>> read, SecretProtector? secrets, SignatureScheme form, TimeProvider time)
    {
        (_read, _secrets, _form, _time) = (read, secrets, form, time);
        _nobody = Scheme(Unknown(), Unknown(), null);
    }

    /// <summary>No number has a secret of its own.</summary>
    public static CallbackSecrets None(TimeProvider time) => new(() => [], null, new SignatureScheme(""), time);

    /// <summary>After a commit that changed a secret or ended a connection.</summary>
    public void Forget() => Interlocked.Increment(ref _version);

    /// <summary>Who signed the body; null when nobody known did. One choice, the same work whether it was a right one.</summary>
    public CallbackSigner? SignerOf(ReadOnlySpan<byte> body, string? signature, CallbackHints hints)
    {
        var known = Current();
        if (known.ByNumber.Count == 0)
        {
            return null;
        }

        var chosen = (hints.Key is { } key ? known.ByKey.GetValueOrDefault(key) : null) ?? (PhoneNumberIdIn(body) is { } number ? known.ByNumber.GetValueOrDefault(number) : null);
        var scheme = chosen is null ? _nobody : chosen.Until <= _time.GetUtcNow() ? chosen.Alone : chosen.Both;
        var signed = WebhookSignature.IsValid(scheme, body, signature, hints.Header);
        return signed && chosen is not null
            ? new CallbackSigner(chosen.ConnectionId, chosen.PhoneNumberId, chosen.WabaId, chosen.Header is not null && hints.Header == chosen.Header)
            : null;
    }

    /// <summary>The live number that a callback claims to be of, by the key in its address or the id in its body; null when it is none of ours. Proves nothing.</summary>
    public string? ClaimedNumber(ReadOnlySpan<byte> body, CallbackHints hints)
    {
        var known = Current();
        return hints.Key is { } key && known.ByKey.TryGetValue(key, out var own) ? own.PhoneNumberId
            : known.Live.Count > 0 && PhoneNumberIdIn(body) is { } number && known.Live.Contains(number) ? number
            : null;
    }

    /// <summary>The token that the handshake at a number's own address must show; null when there is none.</summary>
    public string? VerifyTokenOf(string? key) => key is null ? null : Current().Tokens.GetValueOrDefault(key);

    /// <summary>The first phone number id in a body that nobody has vouched for, found without parsing it; null when there is none.</summary>
    internal static string? PhoneNumberIdIn(ReadOnlySpan<byte> body)
    {
        var name = "\"phone_number_id\""u8;
        var at = body.IndexOf(name);
        if (at < 0)
        {
            return null;
        }

        var rest = body[(at + name.Length)..].TrimStart(" \t\r\n"u8);
        if (rest is not [(byte)':', ..])
        {
            return null;
        }

        rest = rest[1..].TrimStart(" \t\r\n"u8).TrimStart("\""u8);
        var length = 0;
        while (length < rest.Length && length <= 40 && char.IsAsciiDigit((char)rest[length]))
        {
            length++;
        }

        return length is > 0 and <= 40 ? System.Text.Encoding.ASCII.GetString(rest[..length]) : null;
    }

    private static List<Connection> Read(ReadDb reads)
    {
        using var db = reads.Open();
        return [.. db.Set<Connection>().Where(c => c.DisconnectedAt == null && c.PhoneNumberId != "")];
    }

    private Known Current() => Volatile.Read(ref _known) is { } known && known.Version == Volatile.Read(ref _version) ? known : Load();

    private Known Load()
    {
        lock (_reading)
        {
            // Before it is read: what changes meanwhile makes the next callback read again.
            var version = Volatile.Read(ref _version);
            if (_known is { } known && known.Version == version)
            {
                return known;
            }

            known = Build(_read(), version);
            Volatile.Write(ref _known, known);
            return known;
        }
    }

    private Known Build(IReadOnlyList<Connection> connections, int version)
    {
        var owns = connections.Select(OwnOf).OfType<Own>().ToList();
        return new Known(
            version,
            owns.Where(own => own.Key is not null).ToFrozenDictionary(own => own.Key!, StringComparer.Ordinal),
            owns.ToFrozenDictionary(own => own.PhoneNumberId, StringComparer.Ordinal),
            connections.Where(c => c.CallbackKey is not null).Select(c => (Key: c.CallbackKey!, Token: Reveal(c, SecretProtector.VerifyToken, c.VerifyTokenProtected)))
                .Where(one => one.Token is not null).ToFrozenDictionary(one => one.Key, one => one.Token!, StringComparer.Ordinal),
            connections.Select(c => c.PhoneNumberId).ToFrozenSet(StringComparer.Ordinal));
    }

    private Own? OwnOf(Connection connection)
    {
        if (Reveal(connection, SecretProtector.WebhookSecret, connection.WebhookSecretProtected) is not { } secret)
        {
            return null;
        }

        var header = Reveal(connection, SecretProtector.CallbackHeader, connection.CallbackHeaderProtected);
        var required = connection.CallbackHeaderRequired ? header : null;
        var previous = Reveal(connection, SecretProtector.WebhookSecret, connection.PreviousWebhookSecretProtected);
        var alone = Scheme(secret, Unknown(), required);
        return new Own(
            connection.Id,
            connection.PhoneNumberId,
            connection.WabaId,
            connection.CallbackKey,
            header,
            previous is null ? DateTimeOffset.MinValue : connection.PreviousWebhookSecretUntil ?? DateTimeOffset.MaxValue,
            alone,
            previous is null ? alone : Scheme(secret, previous, required));
    }

    private string? Reveal(Connection connection, string kind, string? stored) => stored is null ? null : _secrets?.Reveal(connection.AccountId, kind, stored);

    private SignatureScheme Scheme(string secret, string previous, string? header) =>
        _form with { Secret = secret, PreviousSecret = previous, StaticHeaderName = header is null ? null : HeaderName, StaticHeaderValue = header };

    /// <summary>Nobody can sign with it: where there is no secret, or no second one, the work is done all the same.</summary>
    private static string Unknown() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private sealed record Own(
        Guid ConnectionId, string PhoneNumberId, string WabaId, string? Key, string? Header, DateTimeOffset Until, SignatureScheme Alone, SignatureScheme Both);

    private sealed record Known(int Version, FrozenDictionary<string, Own> ByKey, FrozenDictionary<string, Own> ByNumber, FrozenDictionary<string, string> Tokens, FrozenSet<string> Live);
}
