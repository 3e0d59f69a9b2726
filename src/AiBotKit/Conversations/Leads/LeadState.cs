using System.Text.Json;
using System.Text.Json.Serialization;
using AiBotKit.Durability;
using AiBotKit.Knowledge.Language;

namespace AiBotKit.Conversations.Leads;

/// <summary>Where the talk about a form stands.</summary>
internal enum LeadStage
{
    /// <summary>It begins when the conversation is at its end.</summary>
    Planned,

    /// <summary>Asked whether what is known from WhatsApp may be stored.</summary>
    Consent,

    /// <summary>Asked whether the number and the name from WhatsApp are right.</summary>
    Confirm,

    /// <summary>Asked for <see cref="LeadState.Field"/>.</summary>
    Field,

    /// <summary>All was asked.</summary>
    Done,

    /// <summary>The customer does not want it, or did not agree.</summary>
    Declined,

    /// <summary>A person has acted since, or the question is a day old: nothing is asked any more.</summary>
    Left,
}

/// <summary>How far the talk about a form is in one conversation, with everything the customer has given in it.</summary>
internal sealed record LeadState
{
    public required LeadStage Stage { get; init; }

    /// <summary>Id of the lead that the talk makes.</summary>
    public required Guid LeadId { get; init; }

    /// <summary>Of the fixed texts, one of <see cref="LeadTexts.Languages"/>.</summary>
    public required string Language { get; init; }

    /// <summary>The conversation's ownership epoch at the latest question.</summary>
    public required long Epoch { get; init; }

    public required DateTimeOffset BegunAt { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>What is asked for in <see cref="LeadStage.Field"/>: <c>name</c>, <c>email</c>, <c>phone</c>, or <c>=</c> and the owner's own question.</summary>
    public string? Field { get; init; }

    /// <summary>Answers to the present question that could not be used.</summary>
    public int Tries { get; init; }

    /// <summary>The present question was put again after the customer asked something else.</summary>
    public bool Repeated { get; init; }

    /// <summary>Fields that are given or left out.</summary>
    public IReadOnlyList<string> Settled { get; init; } = [];

    public string? Name { get; init; }

    public string? Email { get; init; }

    public string? Phone { get; init; }

    public IReadOnlyList<LeadAnswer> Own { get; init; } = [];

    /// <summary>What the confirmation was about.</summary>
    public string? KnownName { get; init; }

    public string? KnownPhone { get; init; }

    /// <summary>The exact words that consent was asked with; null = not asked.</summary>
    public string? ConsentText { get; init; }

    public bool? ConsentGiven { get; init; }

    public DateTimeOffset? ConsentAt { get; init; }

    [JsonIgnore]
    public bool IsOpen => Stage is LeadStage.Consent or LeadStage.Confirm or LeadStage.Field;

    [JsonIgnore]
    public bool HasValues => Name is not null || Email is not null || Phone is not null || Own.Count > 0;

    /// <summary>Null when nothing is stored (it was never asked).</summary>
    public static LeadState? Read(string? json) => json is null ? null : JsonSerializer.Deserialize(json, LeadJson.Default.LeadState);

    public string Write() => JsonSerializer.Serialize(this, LeadJson.Default.LeadState);

    /// <summary>As it is stored; null while there is nothing to store.</summary>
    public LeadValues? ToLead() => !HasValues
        ? null
        : new LeadValues(
            LeadId, Name, Email, Phone, JsonSerializer.Serialize(Own, LeadJson.Default.IReadOnlyListLeadAnswer),
            TextFolding.Fold(string.Join(' ', [Name, Email, Phone, .. Own.Select(o => o.Value)])), ConsentGiven == true ? ConsentText : null, ConsentGiven == true ? ConsentAt : null, BegunAt, !IsOpen);
}

/// <summary>How forms, talks and answers are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LeadState))]
[JsonSerializable(typeof(LeadFormValues))]
[JsonSerializable(typeof(IReadOnlyList<LeadAnswer>))]
internal sealed partial class LeadJson : JsonSerializerContext;
