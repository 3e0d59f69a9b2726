using System.Globalization;

namespace AiBotKit.Hosting.Configuration;

/// <summary>
/// Reads settings before anything starts and collects every problem, so that one start shows all of them. A setting that nobody
/// read in a checked section is a problem too: a misspelt name must not silently mean the default.
/// </summary>
internal sealed class SettingsReader(IConfiguration configuration)
{
    private static readonly string[] Placeholders = ["changeme", "change-me", "change_me", "your-", "your_", "<", "replace", "example-secret", "todo", "xxxx"];

    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _problems = [];

    /// <summary>One plain line each, naming the setting and what is allowed.</summary>
    public IReadOnlyList<string> Problems => [.. _problems.Distinct(StringComparer.Ordinal)];

    /// <summary>Every setting that was asked for, in the order of asking.</summary>
    public IReadOnlyCollection<string> Known => _known;

    public string? Text(string key, int maxLength = 1000)
    {
        var value = Raw(key);
        if (value is not null && value.Length > maxLength)
        {
            Refuse(key, $"at most {maxLength} characters");
            return null;
        }

        return value;
    }

    /// <summary>A secret: null when not set; shorter than <paramref name="minLength"/> or a well-known placeholder stops the start (S-K5). The value never appears in a message.</summary>
    public string? Secret(string key, int minLength)
    {
        var value = Raw(key);
        if (value is null)
        {
            return null;
        }

        if (value.Length < minLength || value.Length > 4096 || value.Any(char.IsWhiteSpace))
        {
            Refuse(key, $"{minLength} to 4096 characters without spaces");
        }
        else if (Placeholders.Any(p => value.StartsWith(p, StringComparison.OrdinalIgnoreCase)))
        {
            Refuse(key, "a real secret, not a placeholder");
        }

        return value;
    }

    public bool Flag(string key, bool fallback) => Raw(key) switch
    {
        null => fallback,
        var text when bool.TryParse(text, out var flag) => flag,
        _ => Refuse(key, "true or false", fallback),
    };

    public int Whole(string key, int fallback, int min, int max) => Raw(key) switch
    {
        null => fallback,
        var text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max => number,
        _ => Refuse(key, $"a whole number from {min} to {max}", fallback),
    };

    public double Number(string key, double fallback, double min, double max) => Raw(key) switch
    {
        null => fallback,
        var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max => number,
        _ => Refuse(key, string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}"), fallback),
    };

    public T Choice<T>(string key, T fallback)
        where T : struct, Enum => Raw(key) switch
        {
            null => fallback,
            var text when !char.IsAsciiDigit(text[0]) && Enum.TryParse<T>(text, true, out var choice) && Enum.IsDefined(choice) => choice,
            _ => Refuse(key, string.Join(" or ", Enum.GetNames<T>()), fallback),
        };

    /// <summary>An absolute http or https address without user information or fragment.</summary>
    public Uri? Address(string key)
    {
        var text = Raw(key);
        if (text is null)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
            ? uri
            : Refuse<Uri?>(key, "an absolute http:// or https:// address", null);
    }

    /// <summary>The prefixes of a list, in order: <c>Chatbots</c> gives <c>Chatbots:0</c>, <c>Chatbots:1</c>…</summary>
    public IReadOnlyList<string> Items(string section)
    {
        var children = configuration.GetSection(section).GetChildren().ToList();
        foreach (var child in children.Where(c => !int.TryParse(c.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            _problems.Add($"{child.Path}: {section} is a list; write {section}:0:…, {section}:1:…");
        }

        return [.. children.Where(c => int.TryParse(c.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)).OrderBy(c => int.Parse(c.Key, CultureInfo.InvariantCulture)).Select(c => c.Path)];
    }

    /// <summary>A problem of a value or of values together.</summary>
    public void Refuse(string key, string allowed) => Report($"{key}: must be {allowed}.");

    /// <summary>A problem in a sentence of its own; it names the setting and what is allowed.</summary>
    public void Report(string problem) => _problems.Add(problem);

    /// <summary>True when anything is configured under the name, whatever its form.</summary>
    public bool IsSet(string section) => configuration.GetSection(section).Exists();

    /// <summary>Every setting under <paramref name="section"/> that was not read so far is refused with the nearest name.</summary>
    public void RefuseUnknown(string section)
    {
        foreach (var (path, value) in configuration.GetSection(section).AsEnumerable())
        {
            if (value is null || _known.Contains(path) || !path.Contains(':', StringComparison.Ordinal) || configuration.GetSection(path).GetChildren().Any())
            {
                continue;
            }

            var nearest = SettingNames.Nearest(path, _known);
            _problems.Add(nearest is null ? $"{path}: there is no such setting." : $"{path}: there is no such setting; did you mean {nearest}?");
        }
    }

    /// <exception cref="StartupException">Something is wrong; one line per problem.</exception>
    public void ThrowIfAny()
    {
        if (_problems.Count > 0)
        {
            throw new StartupException(string.Join(Environment.NewLine, Problems.Prepend("AI Bot Kit does not start, because of its settings:")));
        }
    }

    private T Refuse<T>(string key, string allowed, T fallback)
    {
        Refuse(key, allowed);
        return fallback;
    }

    private string? Raw(string key)
    {
        _known.Add(key);
        var value = configuration[key]?.Trim();
        return string.IsNullOrEmpty(value) ? null : value;
    }
}
