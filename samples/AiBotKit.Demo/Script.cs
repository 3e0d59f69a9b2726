using System.Text.Json;

namespace AiBotKit.Demo;

/// <summary>What a scripted customer says, and what must come back.</summary>
/// <param name="Customer">Phone number, digits.</param>
internal sealed record Script(string Customer, IReadOnlyList<Step> Steps)
{
    public static async Task<Script> ReadAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file);
        return await JsonSerializer.DeserializeAsync<Script>(stream, JsonSerializerOptions.Web, cancellationToken) ?? throw new LaunchException($"{file} is empty.");
    }
}

/// <summary>One turn: bubbles sent within a second, one answer expected.</summary>
/// <param name="Contains">Texts that the answer must hold, case ignored.</param>
/// <param name="Document">Part of the title of the document that must be cited; null when nothing is checked.</param>
/// <param name="Unanswerable">The answer must be the fallback message without a citation, and the question a gap.</param>
internal sealed record Step(string Name, IReadOnlyList<Bubble> Send, IReadOnlyList<string>? Contains = null, string? Document = null, bool Unanswerable = false);

/// <param name="Type">As in the simulator's control call: <c>text</c>, <c>image</c>…</param>
internal sealed record Bubble(string? Text = null, string Type = "text", string? Caption = null)
{
    public string Words => Text ?? Caption ?? "";
}
