using System.Collections.Concurrent;
using System.Text;
using AiBotKit.Tests.Conversations;
using AiBotKit.Tests.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Hosting;

/// <summary>What a collector on loopback gets of one conversation, and what it never gets.</summary>
public sealed class TelemetryTests
{
    private const string Said = "planted-words-of-a-customer";

    [Fact]
    public async Task Metrics_and_traces_go_to_the_configured_collector_with_ids_and_without_text_or_numbers()
    {
        await using var collector = await Collector.StartAsync();
        await using var shop = await TalkingShop.StartAsync(new Dictionary<string, string?> { ["Telemetry:OtlpEndpoint"] = collector.Url });
        await shop.AskAsync(Said);
        var conversation = (await shop.ConversationAsync()).GetProperty("id").GetString()!;
        shop.App.Get<MeterProvider>().ForceFlush(20_000).ShouldBeTrue();
        shop.App.Get<TracerProvider>().ForceFlush(20_000).ShouldBeTrue();

        var metrics = collector.Of("/v1/metrics");
        foreach (var name in new[] { "aibotkit.queue.oldest", "aibotkit.queue.due", "aibotkit.outbox.open", "aibotkit.webhook.ack", "aibotkit.webhooks", "aibotkit.turns", "aibotkit.sends", "aibotkit.store.healthy" })
        {
            metrics.ShouldContain(name);
        }

        var traces = collector.Of("/v1/traces");
        foreach (var name in new[] { "webhook", "turn", "send", "conversation.id", conversation })
        {
            traces.ShouldContain(name);
        }

        (metrics + traces).ShouldNotContain(Said);
        (metrics + traces).ShouldNotContain(Simulator.SimulatorFixture.Customer);
    }

    [Fact]
    public async Task Without_an_endpoint_nothing_is_exported()
    {
        await using var app = new AppFixture();
        app.Services.GetService<MeterProvider>().ShouldBeNull();
        app.Services.GetService<TracerProvider>().ShouldBeNull();
    }

    private sealed class Collector(WebApplication app, ConcurrentQueue<(string Path, byte[] Body)> got) : IAsyncDisposable
    {
        public string Url => app.Urls.First();

        public static async Task<Collector> StartAsync()
        {
            var got = new ConcurrentQueue<(string, byte[])>();
            var builder = WebApplication.CreateSlimBuilder();
            builder.Configuration["Urls"] = "http://127.0.0.1:0";
            var app = builder.Build();
            app.MapPost("/v1/{signal}", async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                got.Enqueue((context.Request.Path, body.ToArray()));
            });
            await app.StartAsync();
            return new Collector(app, got);
        }

        /// <summary>All that came for one signal; names and text are plain UTF-8 in the protobuf form.</summary>
        public string Of(string path) => string.Concat(got.Where(one => one.Path == path).Select(one => Encoding.UTF8.GetString(one.Body)));

        public async ValueTask DisposeAsync() => await app.DisposeAsync();
    }
}
