using AiBotKit.Channels;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Channels;

public sealed class ConnectionStatesTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_state_has_its_name_its_cause_and_what_to_do()
    {
        Of(null).Name.ShouldBe("not_connected");
        Of(null, lockedByPlan: true).Name.ShouldBe("locked");
        Of(null, signupOpen: true).Name.ShouldBe("connecting");
        Of(Row()).ShouldBe(new ConnectionStatus(ConnectionState.Connected, "Connected", "Your WhatsApp channel is active. Messages are being processed by your AI agent.", null));
        Of(Row(enabled: null)).Name.ShouldBe("connected");
        Of(Row(enabled: false)).Name.ShouldBe("paused");
        Of(Row(enabled: false, connecting: true)).Name.ShouldBe("connecting");
        Of(Row(enabled: false, broken: "x")).Name.ShouldBe("broken");
        Of(Row(broken: "x"), lockedByPlan: true).Name.ShouldBe("locked");
        Of(Row(byPlan: true)).Name.ShouldBe("locked");
        Of(Row(gone: true, broken: "The account was deleted. Connect again.")).ShouldBe(new ConnectionStatus(ConnectionState.Disconnected, "Disconnected", "The account was deleted.", "Connect again."));
        Of(Row(gone: true), lockedByPlan: true).Name.ShouldBe("locked", "it cannot be connected again on this plan");
        Of(Row(gone: true, byPlan: true)).Name.ShouldBe("disconnected", "of the row alone, which is what the REST API shows");
        ConnectionStates.Of(null, lockedByPlan: true, plans: "Small and Large").Advice.ShouldBe("It comes with Small and Large. Everything you have built stays.");
        Of(Row(gone: true), signupOpen: true).Name.ShouldBe("connecting");
        Of(Row(), signupOpen: true).Name.ShouldBe("connected");
    }

    [Fact]
    public void What_was_said_of_one_message_is_not_said_of_the_connection()
    {
        var status = Of(Row(broken: "The provider no longer accepts the API key or token of this number. The customer did not get this message. Reconnect the number; waiting messages are then sent."));
        (status.Cause, status.Advice).ShouldBe(("The provider no longer accepts the API key or token of this number.", "Reconnect the number; waiting messages are then sent."));
        Of(Row(broken: "Something without advice")).ShouldSatisfyAllConditions(s => s.Cause.ShouldBe("Something without advice"), s => s.Advice.ShouldNotBeNull());
    }

    private static ConnectionStatus Of(Connection? connection, bool lockedByPlan = false, bool signupOpen = false) => ConnectionStates.Of(connection, lockedByPlan, signupOpen);

    /// <summary>A connection in the state that the arguments make.</summary>
    internal static Connection Row(bool? enabled = true, bool gone = false, string? broken = null, bool connecting = false, bool byPlan = false) => new()
    {
        Id = default,
        AccountId = default,
        ChatbotId = default,
        Channel = "whatsapp",
        Provider = "Pinnacle",
        BaseUrl = "",
        WabaId = "",
        PhoneNumberId = "",
        DisplayPhoneNumber = "",
        CreatedAt = Now,
        Enabled = enabled,
        DisconnectedAt = gone ? Now : null,
        PausedByPlan = byPlan,
        BrokenReason = broken,
        ConnectingSince = connecting ? Now : null,
    };
}
