using System.Net;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Fakes;

/// <summary>Forms as a browser posts them.</summary>
internal static partial class Forms
{
    /// <summary>Opens the form's page for its token, posts the form, and says where it leads.</summary>
    public static async Task<string> PostAsync(HttpClient browser, string page, string action, params (string Name, string Value)[] fields)
    {
        using var answer = await SendAsync(browser, page, action, fields);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return answer.Headers.Location!.ToString();
    }

    public static async Task<HttpResponseMessage> SendAsync(HttpClient browser, string page, string action, params (string Name, string Value)[] fields)
    {
        using var request = Filled(action, await browser.GetStringAsync(page, TestContext.Current.CancellationToken), fields);
        request.Headers.Add("Origin", browser.BaseAddress!.GetLeftPart(UriPartial.Authority));
        return await browser.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The form with the token of the page that it is on; the sender says where it comes from.</summary>
    public static HttpRequestMessage Filled(string action, string html, params (string Name, string Value)[] fields) => new(HttpMethod.Post, action)
    {
        Content = new FormUrlEncodedContent([.. fields.Select(f => KeyValuePair.Create(f.Name, f.Value)), KeyValuePair.Create("__RequestVerificationToken", AntiforgeryField().Match(html).Groups[1].Value)]),
    };

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryField();
}
