using System.Globalization;
using AiBotKit.Assistant;
using AiBotKit.Knowledge.Language;

namespace AiBotKit.Conversations.Leads;

/// <summary>What the customer wrote since the latest reply.</summary>
/// <param name="Lines">In their order, without empty ones.</param>
/// <param name="Picks">They pick a topic from a list that the bot has just offered.</param>
internal sealed record LeadHeard(IReadOnlyList<string> Lines, bool Picks = false);

/// <summary>What is known from WhatsApp before anything is asked.</summary>
internal readonly record struct LeadKnown(string? Name, string? Phone);

/// <summary>Everything but the talk itself that a step is decided from.</summary>
/// <param name="Language">Of the fixed texts.</param>
/// <param name="Epoch">The conversation's ownership epoch.</param>
/// <param name="LeadId">For a talk that begins.</param>
internal sealed record LeadContext(LeadFormValues Form, LeadKnown Known, string Language, long Epoch, DateTimeOffset Now, Guid LeadId);

/// <summary>What a turn is, as far as beginning a form goes.</summary>
internal enum LeadMoment
{
    /// <summary>The customer only says hello.</summary>
    Greeting,

    /// <summary>Answered from the knowledge.</summary>
    Answered,

    /// <summary>Small talk that ends nothing.</summary>
    SmallTalk,

    /// <summary>Thanks or goodbye after an answer.</summary>
    Thanks,

    /// <summary>The answer is not in the knowledge.</summary>
    NotKnown,

    /// <summary>The customer is to pick a topic: a question of the form would stand in the way.</summary>
    Topics,

    /// <summary>Nothing can be answered at present.</summary>
    Outage,
}

/// <summary>What is said, and how far the talk is then.</summary>
/// <param name="Say">Null = nothing.</param>
/// <param name="Answers">The assistant answers first.</param>
/// <param name="Asked">What it answers; null = everything that was written.</param>
/// <param name="Opening">For a planned form: the step that is made when its time has come.</param>
internal sealed record LeadStep(LeadState State, string? Say, bool Answers = false, string? Asked = null, LeadStep? Opening = null);

/// <summary>
/// The talk about a lead form: one question at a time, what is known is confirmed, what cannot be used is asked again twice and then left out, and who
/// does not want to is left alone. A question of the customer is answered first and the form's put again once behind it. Pure.
/// </summary>
internal static class LeadRules
{
    public const string NameField = "name";
    public const string EmailField = "email";
    public const string PhoneField = "phone";

    /// <summary>Before the owner's own question in a field's name.</summary>
    public const char OwnMark = '=';

    private const int MostTries = 2;
    private const int DigitsOfPhone = 4;
    private const int WordsOfSpeech = 5;

    /// <summary>A question this old is over: what the customer writes then is something new.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    /// <summary>Small words that belong to names.</summary>
    private static readonly HashSet<string> Particles = [.. "de da do dos das del della di du la las los le les van von der den zu zum el al bin ibn e y i st will may an so do am can".Split(' ')];

    /// <summary>Whether the form begins with this turn, or is planned for its end; null = neither.</summary>
    public static LeadStep? Begin(LeadContext context, LeadState? state, LeadMoment moment)
    {
        if (state is not (null or { Stage: LeadStage.Planned }) || !context.Form.Asks)
        {
            return null;
        }

        return (context.Form.Position, moment) switch
        {
            (_, LeadMoment.Topics or LeadMoment.Outage) => null,
            (LeadPosition.Start, _) or (LeadPosition.AfterFirstAnswer, LeadMoment.Answered) or (LeadPosition.End, LeadMoment.Thanks) => Open(context),
            (LeadPosition.End, _) => new LeadStep(Fresh(context) with { Stage = LeadStage.Planned }, null, Opening: Open(context)),
            _ => null,
        };
    }

    /// <summary>What an open form makes of the customer's words; null = it has nothing to do with them.</summary>
    public static LeadStep? Hear(LeadContext context, LeadState? state, LeadHeard heard)
    {
        if (state is not { IsOpen: true })
        {
            return null;
        }

        if (state.Epoch != context.Epoch || context.Now - state.AskedAt >= Patience)
        {
            return new LeadStep(state with { Stage = LeadStage.Left }, null, Answers: true);
        }

        var asked = heard.Lines.Where(line => heard.Picks || LeadWords.Asks(line)).ToList();
        var said = string.Join('\n', heard.Lines.Except(asked)).Trim();
        if (heard.Lines.Count == 0)
        {
            return null;
        }

        var step = said.Length == 0 ? null : state.Stage switch
        {
            LeadStage.Consent => OnConsent(context, state, said),
            LeadStage.Confirm => OnConfirm(context, state, said),
            _ => OnField(context, state, said),
        };
        return step is null ? Aside(context, state)
            : asked.Count == 0 ? step
            : step with { Answers = true, Asked = string.Join('\n', asked) };
    }

    private static LeadState Fresh(LeadContext context) => new()
    {
        Stage = LeadStage.Planned,
        LeadId = context.LeadId,
        Language = context.Language,
        Epoch = context.Epoch,
        BegunAt = context.Now,
        AskedAt = context.Now,
    };

    private static LeadStep Open(LeadContext context)
    {
        var first = Next(context, Fresh(context), null);
        return first with { Say = $"{Own(context.Form.Heading, LeadTexts.For(context.Language).Heading)}\n\n{first.Say}" };
    }

    /// <summary>The customer speaks of something else: the question is put again once.</summary>
    private static LeadStep Aside(LeadContext context, LeadState state) =>
        new(state with { Repeated = true, AskedAt = context.Now }, state.Repeated ? null : Question(context.Form, state), Answers: true);

    private static LeadStep OnConsent(LeadContext context, LeadState state, string said)
    {
        var texts = LeadTexts.For(state.Language);
        return LeadWords.Classify(said) switch
        {
            LeadReply.Yes => Next(context, state with { ConsentGiven = true, ConsentAt = context.Now }, null),
            LeadReply.Other when IsSpeech(state, said) => Aside(context, state),
            LeadReply.Other => Retry(context, state, texts.NoYesOrNo, () => Decline(context, state with { ConsentGiven = false, ConsentAt = context.Now }, texts.NothingStored)),
            _ => Decline(context, state with { ConsentGiven = false, ConsentAt = context.Now }, texts.NothingStored),
        };
    }

    private static LeadStep? OnConfirm(LeadContext context, LeadState state, string said)
    {
        var texts = LeadTexts.For(state.Language);
        var settled = state with { Settled = [.. state.Settled, .. state.KnownName is null ? (string[])[] : [NameField], .. state.KnownPhone is null ? (string[])[] : [PhoneField]] };
        switch (LeadWords.Classify(said))
        {
            case LeadReply.Yes:
                return Next(context, settled with { Name = state.KnownName, Phone = state.KnownPhone }, null);
            case LeadReply.No or LeadReply.Skip:
                return Next(context, settled, texts.LeftOut);
            case LeadReply.Later:
                return End(context, state);
        }

        var (phone, rest) = state.KnownPhone is null ? (null, said) : LeadFieldRules.Phone(said);
        var name = state.KnownName is null || IsSpeech(state, rest) ? null : LeadFieldRules.Name(rest);
        if (phone is not null || name is not null)
        {
            return Next(context, settled with { Name = name ?? state.KnownName, Phone = phone ?? state.KnownPhone }, null);
        }

        return IsSpeech(state, said) ? null : Retry(context, state, texts.NoConfirm, () => Next(context, settled, texts.LeftOut));
    }

    private static LeadStep? OnField(LeadContext context, LeadState state, string said)
    {
        var texts = LeadTexts.For(state.Language);
        var field = state.Field ?? NameField;
        var reply = LeadWords.Classify(said);
        var isOwn = field[0] == OwnMark;
        if (isOwn && reply is LeadReply.Yes or LeadReply.No && LeadWords.Asks(field[1..]))
        {
            reply = LeadReply.Other;
        }

        switch (reply)
        {
            case LeadReply.Skip:
                return Next(context, Settle(state, field), texts.LeftOut);
            case LeadReply.No or LeadReply.Later:
                return End(context, state);
        }

        if (isOwn)
        {
            return LeadFieldRules.Own(said) is { } answer
                ? Next(context, Settle(state, field) with { Own = [.. state.Own, new LeadAnswer(field[1..], answer)] }, null)
                : Retry(context, state, texts.NoOwn, () => LeaveOut(state));
        }

        var (given, rest) = Harvest(context, state, said);
        if (given.Settled.Contains(field))
        {
            return Next(context, given, null);
        }

        if (field == NameField)
        {
            var isName = reply == LeadReply.Other && !IsSpeech(state, rest) && SmallTalkRules.Classify(rest) is null;
            return isName && LeadFieldRules.Name(rest) is { } name ? Next(context, Settle(given, field) with { Name = name }, null)
                : given == state && IsSpeech(state, said) ? null
                : Retry(context, given, texts.NoName, () => LeaveOut(given));
        }

        return !said.Contains('@', StringComparison.Ordinal) && said.Count(char.IsDigit) < DigitsOfPhone && LeadFieldRules.IsSpeech(said) ? null
            : Retry(context, state, field == EmailField ? texts.NoEmail : texts.NoPhone, () => LeaveOut(state));

        LeadStep LeaveOut(LeadState without) => Next(context, Settle(without, field), texts.LeftOut);
    }

    /// <summary>E-mail and phone wherever the customer writes them, so that nobody is asked for what they have said.</summary>
    private static (LeadState State, string Without) Harvest(LeadContext context, LeadState state, string said)
    {
        var rest = said;
        if (IsWanted(context.Form.AskEmail, EmailField) && LeadFieldRules.Email(rest) is ({ } email, var behind))
        {
            (state, rest) = (Settle(state, EmailField) with { Email = email }, behind);
        }

        if (IsWanted(context.Form.AskPhone, PhoneField) && LeadFieldRules.Phone(rest) is ({ } phone, var left))
        {
            (state, rest) = (Settle(state, PhoneField) with { Phone = phone }, left);
        }

        return (state, rest);

        bool IsWanted(bool isOn, string field) => (isOn || state.Field == field) && !state.Settled.Contains(field);
    }

    /// <summary>The next question, or the end of the talk.</summary>
    /// <param name="first">Said before it.</param>
    private static LeadStep Next(LeadContext context, LeadState state, string? first)
    {
        var form = context.Form;
        var texts = LeadTexts.For(state.Language);
        var at = state with { AskedAt = context.Now, Epoch = context.Epoch, Tries = 0, Repeated = false, Field = null };
        var fields = Fields(form).Where(f => !state.Settled.Contains(f)).ToList();
        if (fields.Count > 0 && form.Consent && state.ConsentGiven is null)
        {
            at = at with { Stage = LeadStage.Consent, ConsentText = Own(form.ConsentText, texts.Consent) };
        }
        else if (fields.Contains(NameField) && context.Known.Name is not null || fields.Contains(PhoneField) && context.Known.Phone is not null)
        {
            at = at with
            {
                Stage = LeadStage.Confirm,
                KnownName = fields.Contains(NameField) ? context.Known.Name : null,
                KnownPhone = fields.Contains(PhoneField) ? context.Known.Phone : null,
            };
        }
        else if (fields.Count > 0)
        {
            at = at with { Stage = LeadStage.Field, Field = fields[0] };
        }
        else
        {
            return new LeadStep(at with { Stage = LeadStage.Done }, Behind(first, Thanks(form, state, texts)));
        }

        return new LeadStep(at, Behind(first, Question(form, at)));
    }

    private static IEnumerable<string> Fields(LeadFormValues form)
    {
        if (form.AskName)
        {
            yield return NameField;
        }

        if (form.AskEmail)
        {
            yield return EmailField;
        }

        if (form.AskPhone)
        {
            yield return PhoneField;
        }

        foreach (var own in form.OwnFields)
        {
            yield return OwnMark + own;
        }
    }

    private static string Question(LeadFormValues form, LeadState state)
    {
        var texts = LeadTexts.For(state.Language);
        return (state.Stage, state.Field) switch
        {
            (LeadStage.Consent, _) => $"{state.ConsentText ?? Own(form.ConsentText, texts.Consent)}\n{texts.YesOrNo}",
            (LeadStage.Confirm, _) when state is { KnownName: { } name, KnownPhone: { } phone } => Filled(texts.ConfirmBoth, phone, name),
            (LeadStage.Confirm, _) when state.KnownPhone is { } phone => Filled(texts.ConfirmPhone, phone),
            (LeadStage.Confirm, _) => Filled(texts.ConfirmName, state.KnownName ?? ""),
            (_, EmailField) => texts.AskEmail,
            (_, PhoneField) => texts.AskPhone,
            (_, { } own) when own[0] == OwnMark => LeadWords.Asks(own[1..]) ? own[1..] : Filled(texts.AskOwn, own[1..]),
            _ => texts.AskName,
        };
    }

    private static string Thanks(LeadFormValues form, LeadState state, LeadTexts.Sentences texts) =>
        !state.HasValues ? texts.NoProblem
        : state.Name is not { } name ? Own(form.SuccessWithoutName, texts.Done)
        : form.SuccessWithName.Length > 0 ? form.SuccessWithName.Replace(LeadFormRules.NameMark, name, StringComparison.Ordinal)
        : Filled(texts.DoneWithName, name);

    private static LeadStep Retry(LeadContext context, LeadState state, string text, Func<LeadStep> giveUp) =>
        state.Tries >= MostTries ? giveUp() : new LeadStep(state with { Tries = state.Tries + 1, Repeated = false, AskedAt = context.Now }, text);

    private static LeadState Settle(LeadState given, string field) => given with { Settled = [.. given.Settled, field] };

    /// <summary>The customer wants no more of it. What was given before is kept: that was said freely.</summary>
    private static LeadStep End(LeadContext context, LeadState state) => Decline(context, state, LeadTexts.For(state.Language).NoProblem);

    private static LeadStep Decline(LeadContext context, LeadState state, string text) =>
        new(state with { Stage = state.HasValues ? LeadStage.Done : LeadStage.Declined, AskedAt = context.Now }, text);

    /// <summary>Whether it is a sentence about something else: long, or with small words that no name or detail has.</summary>
    private static bool IsSpeech(LeadState state, string text)
    {
        var words = TextRules.Words(LeadFieldRules.Introduced(text) ?? text);
        return words.Count >= WordsOfSpeech
            || (words.Count > 1 && words.Select(word => TextFolding.Fold(word)).Any(word => !Particles.Contains(word) && (FunctionWords.Contains(state.Language, word) || FunctionWords.Contains("en", word))));
    }

    private static string Behind(string? first, string text) => first is null ? text : $"{first}\n\n{text}";

    private static string Own(string text, string standard) => text.Length > 0 ? text : standard;

    private static string Filled(string text, params ReadOnlySpan<object?> values) => string.Format(CultureInfo.InvariantCulture, text, values);
}
