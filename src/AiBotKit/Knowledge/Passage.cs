using AiBotKit.Knowledge.Ranking;

namespace AiBotKit.Knowledge;

/// <summary>One chunk of the owner's knowledge as an answer to one question.</summary>
/// <param name="ChunkId">The chunk; stable while its text and place in the document stay the same.</param>
/// <param name="DocumentId">The document it was cut from.</param>
/// <param name="DocumentTitle">What a citation shows.</param>
/// <param name="Heading">Headings above the chunk, outermost first, joined by " › "; null at the top of a document.</param>
/// <param name="Kind">A whole question-answer pair, or a piece of running text.</param>
/// <param name="Text">The chunk as the owner wrote it (plain text). For a pair: question, line break, answer.</param>
/// <param name="Question">The pair's question; null for running text.</param>
/// <param name="AnswerText">The pair's answer exactly as written; null for running text.</param>
/// <param name="Score">Order among the passages of one result; means nothing across results.</param>
/// <param name="Coverage">0..1: idf-weighted share of the question's words that the chunk covers. Absolute.</param>
/// <param name="Cosine">-1..1: similarity of the sentence vectors; null when the question or the chunk is not English, or no model is installed.</param>
/// <param name="Evidence">0..1: how likely it is, by absolute evidence only, that this chunk speaks of what was asked.</param>
internal sealed record Passage(
    Guid ChunkId,
    Guid DocumentId,
    string DocumentTitle,
    string? Heading,
    ChunkKind Kind,
    string Text,
    string? Question,
    string? AnswerText,
    double Score,
    double Coverage,
    double? Cosine,
    double Evidence)
{
    /// <summary>What a customer would recognise this passage by: the question of a pair, else the last heading, else the document's title.</summary>
    public string Topic => Question ?? Heading?.Split(" › ")[^1] ?? DocumentTitle;

    /// <summary>The passage of a ranked chunk.</summary>
    public static Passage Of(RankedChunk ranked, Guid documentId, string title, string? heading, ChunkKind kind, string? question, string body)
    {
        var isPair = kind == ChunkKind.QuestionAnswer;
        return new(
            ranked.ChunkId, documentId, title, heading, kind, isPair ? question + "\n" + body : body, question, isPair ? body : null,
            ranked.Score, ranked.Coverage, ranked.Cosine, ranked.Evidence);
    }
}
