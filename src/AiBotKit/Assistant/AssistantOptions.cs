using AiBotKit.Hosting.Configuration;
using Microsoft.Extensions.Options;

namespace AiBotKit.Assistant;

/// <summary>Settings <c>Assistant:*</c>: which model answers, and how long it may take.</summary>
internal sealed class AssistantOptions
{
    /// <summary><c>none</c> (the extractive answerer alone), <c>OpenAI</c> (any compatible server) or <c>Anthropic</c>.</summary>
    public string Provider { get; set; } = "none";

    /// <summary>With its version path, e.g. <c>http://127.0.0.1:11434/v1</c>; empty for the vendor's own. A bare host gets <c>/v1</c> for OpenAI.</summary>
    public string BaseUrl { get; set; } = "";

    public string Model { get; set; } = "";

    public string ApiKey { get; set; } = "";

    /// <summary>Model calls at once, over all accounts; 1..1024.</summary>
    public int MaxConcurrency { get; set; } = 16;

    public int FirstTokenSeconds { get; set; } = 20;

    public int IdleSeconds { get; set; } = 10;

    /// <summary>Both tries together.</summary>
    public int TotalSeconds { get; set; } = 60;

    public bool HasModel => !Provider.Equals("none", StringComparison.OrdinalIgnoreCase);

    public bool IsAnthropic => Provider.Equals("Anthropic", StringComparison.OrdinalIgnoreCase);

    /// <summary>Where the model is; only this scheme, host and port are ever called with the key.</summary>
    public Uri Endpoint()
    {
        var url = new Uri(BaseUrl.Length > 0 ? BaseUrl : IsAnthropic ? "https://api.anthropic.com" : "https://api.openai.com/v1");
        return !IsAnthropic && url.AbsolutePath == "/" ? new Uri(url, "/v1") : url;
    }

    public static AssistantOptions Read(SettingsReader settings)
    {
        var options = new AssistantOptions
        {
            Provider = settings.Text("Assistant:Provider", 40) ?? "none",
            BaseUrl = settings.Text("Assistant:BaseUrl") ?? "",
            Model = settings.Text("Assistant:Model", 200) ?? "",
            ApiKey = settings.Secret("Assistant:ApiKey", 1) ?? "",
            MaxConcurrency = settings.Whole("Assistant:MaxConcurrency", 16, 1, 1024),
            FirstTokenSeconds = settings.Whole("Assistant:FirstTokenSeconds", 20, 1, 60),
            IdleSeconds = settings.Whole("Assistant:IdleSeconds", 10, 1, 60),
            TotalSeconds = settings.Whole("Assistant:TotalSeconds", 60, 1, 60),
        };
        foreach (var problem in new Validator().Validate(null, options).Failures ?? [])
        {
            settings.Report(problem);
        }

        settings.RefuseUnknown("Assistant");
        return options;
    }

    internal sealed class Validator : IValidateOptions<AssistantOptions>
    {
        public ValidateOptionsResult Validate(string? name, AssistantOptions options)
        {
            var errors = new List<string>();
            if (!options.Provider.Equals("OpenAI", StringComparison.OrdinalIgnoreCase) && !options.IsAnthropic && options.HasModel)
            {
                errors.Add($"Assistant:Provider is '{options.Provider}'; allowed: none, OpenAI, Anthropic.");
            }
            else if (options.HasModel)
            {
                if (options.BaseUrl.Length > 0 && (!Uri.TryCreate(options.BaseUrl, UriKind.Absolute, out var url)
                    || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) || url.UserInfo.Length > 0))
                {
                    errors.Add("Assistant:BaseUrl must be an absolute http or https address without a user name, or empty for the provider's own.");
                }

                if (string.IsNullOrWhiteSpace(options.Model))
                {
                    errors.Add("Assistant:Model must name the model when Assistant:Provider is OpenAI or Anthropic.");
                }

                if (options.ApiKey.Length == 0 && (options.BaseUrl.Length == 0 || options.IsAnthropic))
                {
                    errors.Add("Assistant:ApiKey must be set for the provider's own address; it may be empty only for an OpenAI-compatible server at Assistant:BaseUrl.");
                }
            }

            Check(errors, nameof(MaxConcurrency), options.MaxConcurrency, 1024);
            Check(errors, nameof(FirstTokenSeconds), options.FirstTokenSeconds, 60);
            Check(errors, nameof(IdleSeconds), options.IdleSeconds, 60);
            Check(errors, nameof(TotalSeconds), options.TotalSeconds, 60);
            return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
        }

        private static void Check(List<string> errors, string name, int value, int max)
        {
            if (value < 1 || value > max)
            {
                errors.Add($"Assistant:{name} is {value}; allowed: 1 to {max}.");
            }
        }
    }
}
