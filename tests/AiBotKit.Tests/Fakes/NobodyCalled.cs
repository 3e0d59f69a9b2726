using AiBotKit.Conversations.Handover;
using AiBotKit.Durability;

namespace AiBotKit.Tests.Fakes;

/// <summary>Calls a person without mails.</summary>
internal sealed class NobodyCalled : IPersonCaller
{
    public HandoverTerms TermsOf(TurnSnapshot turn) => turn.Handover;

    public HandoverAct Prepare(TurnSnapshot turn, HandoverReason reason, DateTimeOffset now) => new(Reasons.Word(reason), "A person was called", []);

    public void Wake(HandoverAct act)
    {
    }
}
