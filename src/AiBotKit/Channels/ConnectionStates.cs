namespace AiBotKit.Channels;

/// <summary>What people are told about a channel of a chatbot.</summary>
internal enum ConnectionState
{
    /// <summary>There is no connection.</summary>
    NotConnected,

    /// <summary>A sign-up is open, or the provider has not taken our callback address yet.</summary>
    Connecting,

    Connected,

    /// <summary>Switched off by a person: stored, not answered.</summary>
    Paused,

    /// <summary>The provider refuses us; somebody has to act.</summary>
    Broken,

    /// <summary>The account's plan does not have this channel.</summary>
    Locked,

    /// <summary>The credentials are gone, the history is not.</summary>
    Disconnected,
}

/// <summary>A state in words.</summary>
/// <param name="Word">For a chip: one or two words.</param>
/// <param name="Cause">What is the case, one sentence.</param>
/// <param name="Advice">What to do; null when nothing has to be done.</param>
internal sealed record ConnectionStatus(ConnectionState State, string Word, string Cause, string? Advice)
{
    /// <summary>The state as the REST API says it: <c>connected</c>, <c>not_connected</c>…</summary>
    public string Name => State switch
    {
        ConnectionState.NotConnected => "not_connected",
        ConnectionState.Connecting => "connecting",
        ConnectionState.Connected => "connected",
        ConnectionState.Paused => "paused",
        ConnectionState.Broken => "broken",
        ConnectionState.Locked => "locked",
        _ => "disconnected",
    };
}

/// <summary>The one rule of a connection's state, for the REST API and the dashboard. Where several hold, the one that has to be solved first is told.</summary>
internal static class ConnectionStates
{
    /// <summary>A sentence about one message, which says nothing about the connection.</summary>
    private const string AboutOneMessage = " The customer did not get this message.";

    /// <param name="connection">Null when the chatbot has none.</param>
    /// <param name="lockedByPlan">The account's plan does not have WhatsApp; a connection that the plan has paused says so itself.</param>
    /// <param name="plans">The plans that have WhatsApp, in words; null when there is none, or nobody asks for advice.</param>
    /// <param name="signupOpen">A sign-up for this chatbot was begun and is neither finished nor over.</param>
    public static ConnectionStatus Of(Connection? connection, bool lockedByPlan = false, bool signupOpen = false, string? plans = null)
    {
        lockedByPlan = lockedByPlan || connection is { PausedByPlan: true, DisconnectedAt: null };
        if (connection is null or { DisconnectedAt: not null } && signupOpen && !lockedByPlan)
        {
            return new(ConnectionState.Connecting, "Connecting", "The sign-up is open.", "Finish it, or cancel it and start again: each sign-up is good for 30 minutes.");
        }

        switch (connection)
        {
            case var _ when lockedByPlan:
                return new(
                    ConnectionState.Locked, "Locked", "WhatsApp is not part of your plan.", $"{(plans is null ? "Ask the operator for a plan that has it." : $"It comes with {plans}.")} {(connection is { DisconnectedAt: null } ? "The connection and everything you have built stay." : "Everything you have built stays.")}");
            case null:
                return new(ConnectionState.NotConnected, "Not connected", "No WhatsApp number is connected.", "Connect a number to let customers write to this bot.");
            case { DisconnectedAt: not null, BrokenReason: { } reason }:
                return new(ConnectionState.Disconnected, "Disconnected", Cause(reason), Advice(reason) ?? "Conversations are kept. Connect the number again to go on in the same threads.");
            case { DisconnectedAt: not null }:
                return new(ConnectionState.Disconnected, "Disconnected", "The number is disconnected and its credentials are deleted.", "Conversations are kept. Connect the number again to go on in the same threads.");
            case { BrokenReason: { } reason }:
                return new(ConnectionState.Broken, "Needs you", Cause(reason), Advice(reason) ?? "Open the connection doctor: it says what is wrong and how to put it right.");
            case { ConnectingSince: not null }:
                return new(ConnectionState.Connecting, "Connecting", "The key is right, but the provider has not taken our callback address yet.", "Open the connection doctor and register it again.");
            case { Enabled: false }:
                return new(ConnectionState.Paused, "Paused", "Your WhatsApp channel is paused.", "Messages still arrive and are kept; nobody gets a reply. Switch it on, and new messages are answered.");
            default:
                return new(ConnectionState.Connected, "Connected", "Your WhatsApp channel is active. Messages are being processed by your AI agent.", null);
        }
    }

    /// <summary>The first sentence of a stored reason.</summary>
    private static string Cause(string reason) => End(reason) is var end and > 0 ? reason[..end] : reason;

    /// <summary>The sentences after it, without what speaks of a single message.</summary>
    private static string? Advice(string reason) =>
        End(reason) is var end and > 0 && reason[end..].Replace(AboutOneMessage, "", StringComparison.Ordinal).Trim() is { Length: > 0 } rest ? rest : null;

    private static int End(string reason) => reason.IndexOf(". ", StringComparison.Ordinal) + 1;
}
