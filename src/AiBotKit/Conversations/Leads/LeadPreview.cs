namespace AiBotKit.Conversations.Leads;

/// <summary>One line of a made-up talk.</summary>
internal sealed record LeadLine(bool IsBot, string Text);

/// <summary>How a talk about a form goes, played by its own rules with a made-up customer whose name and number WhatsApp knows. Pure.</summary>
internal static class LeadPreview
{
    private const string Name = "Ana Duarte";

    /// <summary>A number that nobody has: the 555 01 range is reserved for fiction.</summary>
    private const string Phone = "+15550100100";

    /// <param name="language">Of the fixed texts.</param>
    public static IReadOnlyList<LeadLine> Of(LeadFormValues form, string language)
    {
        var context = new LeadContext(form, new LeadKnown(Name, Phone), language, 0, DateTimeOffset.UnixEpoch, Guid.Empty);
        var moment = form.Position == LeadPosition.End ? LeadMoment.Thanks : LeadMoment.Answered;
        var lines = new List<LeadLine>();
        for (var step = LeadRules.Begin(context, null, moment); step is { Say: { } said }; step = LeadRules.Hear(context, step.State, new LeadHeard([lines[^1].Text])))
        {
            lines.Add(new LeadLine(true, said));
            if (!step.State.IsOpen)
            {
                break;
            }

            lines.Add(new LeadLine(false, Reply(step.State)));
        }

        return lines;
    }

    private static string Reply(LeadState state) => (state.Stage, state.Field) switch
    {
        (LeadStage.Consent or LeadStage.Confirm, _) => "Yes",
        (_, LeadRules.EmailField) => "ana@example.com",
        _ => "Blue, size 42",
    };
}
