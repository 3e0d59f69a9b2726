using AiBotKit.Assistant;

namespace AiBotKit.Tests.Conversations.Drafts;

/// <summary>An assistant whose next answer the test decides; by default it knows the answer and says where from.</summary>
internal sealed class Knower : IAnswerer
{
    public const string Text = "We open Monday to Friday, 9 to 18.";

    public static readonly Citation Hours = new(1, Guid.CreateVersion7(), Guid.CreateVersion7(), "Opening hours", "Monday to Friday, 9:00 to 18:00.", .9);

    private readonly List<Question> _asked = [];

    public Func<Question, CancellationToken, Task<Answer>> Next { get; set; } = (_, _) => Task.FromResult(Grounded(Text + "[[1]]"));

    public IReadOnlyList<Question> Asked
    {
        get
        {
            lock (_asked)
            {
                return [.. _asked];
            }
        }
    }

    public static Answer Grounded(string text) => new(AnswerKind.Model, text, [Hours], new AnswerTrace { Language = "en" });

    public Task<Answer> AnswerAsync(Question question, CancellationToken cancellationToken)
    {
        lock (_asked)
        {
            _asked.Add(question);
        }

        return Next(question, cancellationToken);
    }
}
