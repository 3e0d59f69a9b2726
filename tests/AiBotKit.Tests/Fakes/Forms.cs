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
        var html = await browser.GetStringAsync(page, TestContext.Current.CancellationToken);
        var forgery = AntiforgeryField().Match(html).Groups[1].Value;
        using var request = new HttpRequestMessage(HttpMethod.Post, action)
        {
            Content = new FormUrlEncodedContent([.. fields.Select(f => KeyValuePair.Create(f.Name, f.Value)), KeyValuePair.Create("__RequestVerificationToken", forgery)]),
        };
        request.Headers.Add("Origin", browser.BaseAddress!.GetLeftPart(UriPartial.Authority));
        return await browser.SendAsync(request, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryField();
}
