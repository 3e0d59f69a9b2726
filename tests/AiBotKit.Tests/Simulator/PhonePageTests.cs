using System.Text.Json;
using System.Text.RegularExpressions;
using AiBotKit.Tests.Browser;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Simulator;

/// <summary>The phone page in a real browser.</summary>
public sealed partial class PhonePageTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    private const string Hostile = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script> *bold* javascript:alert(1)";

    [Theory]
    [InlineData(1440, 900)]
    [InlineData(390, 844)]
    public async Task A_chat_goes_back_and_forth_without_a_mouse_and_live(int width, int height)
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await using var context = await chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ReducedMotion = ReducedMotion.Reduce });
        List<string> complaints = [];
        var page = await OpenAsync(context, simulator, complaints);
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBe(0);

        await page.FocusAsync("#pmi");
        await page.Keyboard.TypeAsync("Do you ship to Valencia?");
        await page.Keyboard.PressAsync("Enter");
        var inbound = (await simulator.Receiver.WaitAsync(static one => one.Messages.Any()))[0].Messages.Single();
        inbound.GetProperty("text").GetProperty("body").GetString().ShouldBe("Do you ship to Valencia?");
        var (id, from) = (inbound.GetProperty("id").GetString(), inbound.GetProperty("from").GetString()!);
        await page.Locator(".pm.me .pt svg[aria-label='Delivered']").WaitForAsync();

        await simulator.SendAsync(JsonSerializer.Serialize(new { messaging_product = "whatsapp", status = "read", message_id = id, typing_indicator = new { type = "text" } }));
        await page.Locator(".ptype").WaitForAsync();
        await page.Locator(".pm.me .pt svg[aria-label='Read']").WaitForAsync();

        await simulator.SendAsync(JsonSerializer.Serialize(new
        {
            messaging_product = "whatsapp",
            to = from,
            type = "interactive",
            context = new { message_id = id },
            interactive = new { type = "button", body = new { text = "Which grind?" }, action = new { buttons = new[] { new { type = "reply", reply = new { id = "m", title = "For moka" } } } } },
        }));
        await page.Locator(".pbtns button").FocusAsync();
        (await page.Locator(".ptype").CountAsync()).ShouldBe(0);
        await page.Locator(".pm:not(.me) blockquote").GetByText("Do you ship to Valencia?").WaitForAsync();
        await page.Keyboard.PressAsync("Enter");
        var tap = (await simulator.Receiver.WaitAsync(static one => one.Messages.Any(), 2))[1].Messages.Single();
        tap.GetProperty("interactive").GetProperty("button_reply").GetProperty("id").GetString().ShouldBe("m");
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_phone_can_attach_goes_out_and_shows_as_a_bubble()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await using var context = await chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, ReducedMotion = ReducedMotion.Reduce });
        List<string> complaints = [];
        var page = await OpenAsync(context, simulator, complaints);
        List<string> sent = [];
        async Task AttachAsync(string choice, string wire, string bubble, bool confirm)
        {
            await page.ClickAsync("#attach");
            await page.Locator("dialog .choices b").GetByText(choice, new() { Exact = true }).ClickAsync();
            if (confirm)
            {
                await page.ClickAsync("dialog button[type=submit]");
            }

            sent.Add(wire);
            var callbacks = await simulator.Receiver.WaitAsync(static one => one.Messages.Any(), sent.Count);
            callbacks.SelectMany(static one => one.Messages).Select(static one => one.GetProperty("type").GetString()!).ShouldBe(sent);
            await page.Locator(".pm.me " + bubble).Last.WaitForAsync();
        }

        await AttachAsync("Sample photo", "image", "img", confirm: true);
        await AttachAsync("Sample voice note", "audio", ".vrow", confirm: false);
        await AttachAsync("Sample document", "document", "a.pfile", confirm: false);
        await AttachAsync("Location", "location", ".map", confirm: true);
        await AttachAsync("Contact", "contacts", ".pfile .av", confirm: true);

        await page.Locator(".pm.me .pmm").First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".reactrow button").First.ClickAsync();
        sent.Add("reaction");
        await simulator.Receiver.WaitAsync(static one => one.Messages.Any(), sent.Count);
        await page.Locator(".preact").WaitForAsync();

        await page.Locator("#customers button").Nth(1).ClickAsync();
        await page.Locator("#chat .pm").First.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await simulator.SendTextAsync("for the first one", "15550102231");
        await page.Locator("#customers .count").WaitForAsync();
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_number_that_came_with_its_first_message_shows_what_it_wrote_and_only_the_silent_never_wrote()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await using var context = await chromium.Browser.NewContextAsync();
        List<string> complaints = [];
        await simulator.SayAsync(new { text = "said before the page was open" }, "15550106001");
        var page = await OpenAsync(context, simulator, complaints);
        await simulator.SayAsync(new { text = "said while it was open" }, "15550106002");
        await LineOf("15550106001").GetByText("said before the page was open").WaitForAsync();
        await LineOf("15550106002").GetByText("said while it was open").WaitForAsync();
        (await LineOf("15550107719").InnerTextAsync()).ShouldBe("Never wrote");
        (await page.Locator("#customers small").GetByText("Never wrote").CountAsync()).ShouldBe(1);
        await simulator.SayAsync(new { text = "my first words" }, "15550107719");
        await LineOf("15550107719").GetByText("my first words").WaitForAsync();
        complaints.ShouldBeEmpty();

        ILocator LineOf(string key) => page.Locator($"#customers [data-key='{key}'] small");
    }

    [Fact]
    public async Task A_page_of_another_site_cannot_use_the_control_API()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        foreach (var (origin, status) in new[] { ("http://elsewhere.example", 403), (simulator.Url, 200) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/sim/state");
            request.Headers.Add("Origin", origin);
            using var answer = await simulator.Http.SendAsync(request, TestContext.Current.CancellationToken);
            ((int)answer.StatusCode).ShouldBe(status, origin);
        }
    }

    [Fact]
    public async Task Hostile_text_stays_text_everywhere_on_the_page()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await using var context = await chromium.Browser.NewContextAsync();
        List<string> complaints = [];
        await simulator.ControlAsync("/sim/customers", new { phone = "15550108888", name = Hostile });
        await simulator.SayAsync(new { text = Hostile }, "15550108888");
        await simulator.SendTextAsync(Hostile, "15550108888");
        var page = await OpenAsync(context, simulator, complaints, "#15550108888");
        await page.Locator(".pm:not(.me) .words").WaitForAsync();

        (await page.Locator(".pm.me .words").InnerTextAsync()).ShouldStartWith("<img src=x onerror=");
        (await page.Locator("#chat img, #chat script, #customers img").CountAsync()).ShouldBe(0);
        (await page.Locator("#chat a").CountAsync()).ShouldBe(0);
        (await page.TitleAsync()).ShouldStartWith("Phone simulator");
        (await page.Locator(".pm:not(.me) .words b").InnerTextAsync()).ShouldBe("bold");
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Faults_and_the_wire_are_switched_and_read_on_the_page()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await using var context = await chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        List<string> complaints = [];
        var page = await OpenAsync(context, simulator, complaints);

        await page.GetByRole(AriaRole.Switch, new() { Name = "Send everything twice", Exact = true }).ClickAsync();
        await page.Locator("[aria-label='Send everything twice'][aria-checked='true']").WaitForAsync();
        await page.GetByRole(AriaRole.Radio, new() { Name = "131056 pair limit" }).ClickAsync();
        await page.Locator("[role=radio][aria-checked='true']", new() { HasText = "131056" }).WaitForAsync();
        var armed = (await simulator.GetAsync("/sim/faults")).GetProperty("faults").EnumerateArray().Where(static one => one.GetProperty("armed").GetBoolean()).Select(static one => one.GetProperty("name").GetString());
        armed.ShouldBe(["duplicate", "131056"]);
        (await simulator.SendTextAsync()).Status.ShouldBe(400);

        await page.GetByRole(AriaRole.Tab, new() { Name = "Wire" }).ClickAsync();
        await page.Locator("#pwire .wire button").First.ClickAsync();
        await page.Locator("dialog pre[aria-label=Answer]").GetByText("131056").WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("dialog").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.GetByRole(AriaRole.Tab, new() { Name = "Faults" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "All off" }).ClickAsync();
        await page.Locator("[role=radio][aria-checked='true']", new() { HasText = "Accept" }).WaitForAsync();
        (await simulator.GetAsync("/sim/state")).GetProperty("faultsArmed").GetBoolean().ShouldBeFalse();
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_recording_leaves_the_page_as_Opus_in_Ogg_that_a_decoder_takes()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        await using var context = await chromium.Browser.NewContextAsync();
        List<string> complaints = [];
        var page = await OpenAsync(context, simulator, complaints);
        var note = await page.EvaluateAsync<JsonElement>("""
            async () => {
              const { toOgg } = await import('/page/js/ogg.js');
              const context = new AudioContext(), tone = context.createOscillator(), out = context.createMediaStreamDestination();
              tone.connect(out);
              tone.start();
              const recorder = new MediaRecorder(out.stream, { mimeType: 'audio/webm;codecs=opus' }), parts = [];
              recorder.ondataavailable = event => parts.push(event.data);
              const stopped = new Promise(done => { recorder.onstop = done; });
              recorder.start();
              await new Promise(done => setTimeout(done, 1500));
              recorder.stop();
              await stopped;
              const ogg = await toOgg(new Blob(parts)), bytes = await ogg.arrayBuffer();
              const magic = new TextDecoder().decode(bytes.slice(0, 4)), kept = await toOgg(new Blob(['no webm']));
              const sound = await new OfflineAudioContext(1, 48000, 48000).decodeAudioData(bytes);
              return { type: ogg.type, magic, seconds: sound.duration, loud: Math.max(...sound.getChannelData(0).slice(9600, 19200)), kept: await kept.text() };
            }
            """);
        note.GetProperty("type").GetString().ShouldBe("audio/ogg; codecs=opus");
        note.GetProperty("magic").GetString().ShouldBe("OggS");
        note.GetProperty("seconds").GetDouble().ShouldBeInRange(0.5, 10);
        note.GetProperty("loud").GetDouble().ShouldBeGreaterThan(0.1);
        note.GetProperty("kept").GetString().ShouldBe("no webm");
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_page_has_a_strict_policy_and_no_inline_code()
    {
        await using var simulator = await SimulatorFixture.StartAsync();
        using var page = await simulator.Http.GetAsync("/phone", TestContext.Current.CancellationToken);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldNotContain("unsafe");
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        InlineCode().IsMatch(html).ShouldBeFalse();
        InlineCode().IsMatch("<p onclick=\"x()\">").ShouldBeTrue();
        foreach (Match file in Link().Matches(html))
        {
            using var found = await simulator.Http.GetAsync(file.Groups[1].Value, TestContext.Current.CancellationToken);
            ((int)found.StatusCode).ShouldBe(200, file.Value);
        }
    }

    private static async Task<IPage> OpenAsync(IBrowserContext context, SimulatorFixture simulator, List<string> complaints, string hash = "")
    {
        var page = await context.NewPageAsync();
        page.PageError += (_, words) => complaints.Add(words);
        page.Console += (_, line) =>
        {
            if (line.Type is "error" or "warning")
            {
                complaints.Add(line.Text);
            }
        };
        await page.GotoAsync(simulator.Url + "/phone" + hash);
        await page.Locator("#customers li[aria-current]").WaitForAsync();
        await page.Locator(".pday").First.WaitForAsync();
        await page.Locator("#pfaults .pick [role=radio]").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return page;
    }

    [GeneratedRegex("""<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=""")]
    private static partial Regex InlineCode();

    [GeneratedRegex("""(?:href|src)="(/page/[^"]+)""")]
    private static partial Regex Link();
}
