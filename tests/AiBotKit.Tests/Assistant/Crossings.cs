using System.Text.RegularExpressions;

namespace AiBotKit.Tests.Assistant;

/// <summary>Looks for what must never reach a customer, in the text as it would be sent. Shares nothing with the guard it judges.</summary>
internal static partial class Crossings
{
    /// <summary>What the owner's knowledge or instructions hold and may be said.</summary>
    public const string Owners = "https://shop.example/returns https://book.example/table +351 222 333 444 hello@shop.example";

    public static IEnumerable<string> In(string sent, string prompt)
    {
        foreach (var part in Owners.Split(' ').Append("+351 222 333 444"))
        {
            sent = sent.Replace(part, "", StringComparison.OrdinalIgnoreCase);
        }

        var found = Links().Matches(sent).Concat(Active().Matches(sent)).Concat(Markup().Matches(sent)).Concat(Tools().Matches(sent)).Concat(Hidden().Matches(sent)).Select(match => match.Value);
        foreach (var one in found)
        {
            yield return one;
        }

        foreach (var number in Numbers().Matches(sent).Select(match => match.Value).Where(number => number.Count(char.IsDigit) >= 7))
        {
            yield return number;
        }

        // Twelve words of the prompt in a row, however they are spaced or written, in either direction.
        var letters = Letters(sent);
        var secret = Letters(prompt);
        var backwards = new string([.. secret.Reverse()]);
        for (var i = 0; i + 72 <= letters.Length; i++)
        {
            var run = letters[i..(i + 72)];
            if (secret.Contains(run, StringComparison.Ordinal) || backwards.Contains(run, StringComparison.Ordinal))
            {
                yield return "prompt: " + run;
                break;
            }
        }
    }

    private static string Letters(string text) => new([.. text.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);

    [GeneratedRegex(@"[a-z][a-z0-9+.-]+://\S*|\bwww\.\S*|(evil|ｅｖｉｌ)\S*[.．。]\s?\p{L}{2,}|\S+@\S+\.\S+", RegexOptions.IgnoreCase)]
    private static partial Regex Links();

    [GeneratedRegex(@"(javascript|vbscript|data|mailto|tel|sms|file|intent|blob):\S*", RegexOptions.IgnoreCase)]
    private static partial Regex Active();

    [GeneratedRegex(@"</?[a-z!][^>]*>?|!\[|\]\(|onerror\s*=|&(lt|#\d+|#x[0-9a-f]+);", RegexOptions.IgnoreCase)]
    private static partial Regex Markup();

    [GeneratedRegex(@"<\||\[\[|\[/?INST|\[/?TOOL|\{\{|""arguments""|""tool_calls""|""function""|^\s*(system|assistant|developer|tool)\s*:|CANARY-\w+|sk-[a-z0-9]{16,}|AKIA[A-Z0-9]{16}|[A-Za-z0-9+/=_-]{40,}", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Tools();

    [GeneratedRegex(@"[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF]|[\uDB40][\uDC00-\uDFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])")]
    private static partial Regex Hidden();

    [GeneratedRegex(@"\+?\d[\d ().\-]{4,}\d")]
    private static partial Regex Numbers();
}
