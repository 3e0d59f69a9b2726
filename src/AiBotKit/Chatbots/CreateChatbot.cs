using AiBotKit.Accounts.Plans;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;

namespace AiBotKit.Chatbots;

/// <summary>How a change to a chatbot ended.</summary>
internal abstract record ChatbotChange
{
    private ChatbotChange()
    {
    }

    /// <summary>What a person is told when nothing was changed; null when it was.</summary>
    public string? Refusal => this switch
    {
        NotFound => "This chatbot was deleted meanwhile.",
        NameTaken => "You have another chatbot of this name.",
        NotInPlan { Problem.Sentence: var hint } => hint,
        Invalid { Sentence: var sentence } => sentence,
        _ => null,
    };

    internal sealed record Done(Chatbot Chatbot) : ChatbotChange;

    /// <summary>No such chatbot in this account.</summary>
    internal sealed record NotFound : ChatbotChange;

    /// <summary>Another chatbot of the account has the name.</summary>
    internal sealed record NameTaken : ChatbotChange;

    /// <summary>The account's plan has no room for another, or has not what was asked for.</summary>
    internal sealed record NotInPlan(PlanProblem Problem) : ChatbotChange;

    /// <param name="Field">The value's name as the REST API has it.</param>
    internal sealed record Invalid(string Field, string Sentence) : ChatbotChange;
}

/// <summary>A person makes a chatbot. It answers nobody until it has knowledge and a channel.</summary>
internal sealed class CreateChatbot(IDataWriter writer, PlanGate plans, TimeProvider time)
{
    public async Task<ChatbotChange> RunAsync(Guid accountId, ChatbotValues values, Actor by)
    {
        values = ChatbotRules.Clean(values);
        if (ChatbotRules.Problem(values) is var (field, sentence))
        {
            return new ChatbotChange.Invalid(field, sentence);
        }

        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        return await writer.SaveAsync<ChatbotChange>(db =>
        {
            if (db.Set<Chatbot>().Any(c => c.AccountId == accountId && c.Name == values.Name))
            {
                return new ChatbotChange.NameTaken();
            }

            if (plans.AnotherChatbot(db, accountId, db.Set<Chatbot>().Count(c => c.AccountId == accountId)) is { } problem)
            {
                return new ChatbotChange.NotInPlan(problem);
            }

            if (values.BannedWords.Length > 0 && plans.Require(db, accountId, PlanFeature.Security) is { } locked)
            {
                return new ChatbotChange.NotInPlan(locked);
            }

            var chatbot = new Chatbot { Id = id, AccountId = accountId, Name = values.Name, CreatedAt = now };
            values.CopyTo(chatbot);
            db.Add(chatbot);
            AuditTrail.Append(db, new AuditNote(accountId, by, AuditActs.ChatbotCreated, "chatbot", id.ToString(), values.Name), now);
            return new ChatbotChange.Done(chatbot);
        });
    }
}
