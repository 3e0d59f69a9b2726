using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AiBotKit.Chatbots;
using AiBotKit.Conversations;
using AiBotKit.Conversations.Team;
using AiBotKit.Dashboard.Inbox;
using AiBotKit.Durability;
using AiBotKit.Storage;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Api;

/// <summary>The filters of the list of conversations over HTTP, with two accounts that look alike.</summary>
public sealed class ConversationFilterTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_filter_lists_what_it_says_and_all_parts_must_be_true()
    {
        await using var two = await TwoAccounts.StartAsync();
        var now = two.App.Get<TimeProvider>().GetUtcNow();
        var other = Guid.CreateVersion7();
        await two.App.Get<IDataWriter>().SaveAsync(db =>
        {
            foreach (var (account, bot) in new[] { (two.Account, two.Chatbot), (two.Theirs["account"], two.Theirs["chatbot"]) })
            {
                db.Set<Conversation>().First(c => c.AccountId == account).MergedIntoId = Guid.CreateVersion7();
                void Add(string name, Action<Conversation> change)
                {
                    var conversation = new Conversation
                    {
                        Id = Guid.CreateVersion7(),
                        AccountId = account,
                        ChatbotId = bot,
                        Channel = name == "web" ? "website" : "whatsapp",
                        SessionId = "wa_" + name,
                        Partition = 0,
                        Address = name,
                        ContactName = name,
                        LastMessageAt = now,
                        LastInboundAt = now.AddHours(-1),
                        CreatedAt = now,
                    };
                    change(conversation);
                    db.Add(conversation);
                }

                Add("plain", _ => { });
                Add("web", c => c.Unread = 1);
                Add("waiting", c => (c.WaitingReason, c.WaitingSince, c.Unread) = ("gap", now, 2));
                Add("opted-out", c => (c.WaitingReason, c.AiReplies, c.AiRepliesReason) = ("stop_word", false, "stop_word"));
                Add("phone", c => (c.AiReplies, c.AiRepliesReason) = (false, "phone"));
                Add("closing", c => c.LastInboundAt = now.AddHours(-22));
                Add("open", c => c.LastInboundAt = now.AddHours(-20));
                Add("closed", c => c.LastInboundAt = now.AddHours(-25));
                Add("failed", c => c.FailedAt = c.LastMessageAt);
                Add("mended", c => c.FailedAt = c.LastMessageAt.AddMinutes(-1));
                if (account == two.Account)
                {
                    db.Add(new Chatbot { Id = other, AccountId = account, Name = "Another", CreatedAt = now });
                    var elsewhere = new Conversation { Id = Guid.CreateVersion7(), AccountId = account, ChatbotId = other, Channel = "whatsapp", SessionId = "wa_x", Partition = 0, Address = "x", ContactName = "another bot", LastMessageAt = now, CreatedAt = now };
                    db.Add(elsewhere);
                }
            }
        });
        await ShouldListAsync(two.Key, $"bot={other}", "another bot");
        await ShouldListAsync(two.Key, "channel=website", "web");
        await ShouldListAsync(two.Key, "unread=true", "waiting", "web");
        await ShouldListAsync(two.Key, "unread=true&channel=whatsapp", "waiting");
        await ShouldListAsync(two.Key, "owner=waiting", "waiting");
        await ShouldListAsync(two.Key, "owner=person", "phone");
        await ShouldListAsync(two.Key, "owner=ai&channel=whatsapp", "another bot", "closed", "closing", "failed", "mended", "open", "plain");
        await ShouldListAsync(two.Key, "closing=true", "closing");
        await ShouldListAsync(two.Key, "failed=true", "failed");
        await ShouldListAsync(two.Key, "failed=true&unread=true");
        await ShouldListAsync(two.Key, "failed=false&unread=&owner=&bot=&channel=website", "web");
        await ShouldListAsync(two.Stranger, $"bot={other}");
        await ShouldListAsync(two.Stranger, $"bot={two.Chatbot}");
        await ShouldListAsync(two.Stranger, $"bot={two.Theirs["chatbot"]}&owner=waiting", "waiting");

        // The number beside a filter is that of its rows, whichever parts it has.
        var (me, inbox) = (Guid.CreateVersion7(), two.App.Get<ReadInbox>());
        await two.App.Get<IDataWriter>().SaveAsync(db =>
        {
            foreach (var conversation in db.Set<Conversation>().AsTracking().Where(c => c.AccountId == two.Account && (c.Address == "failed" || c.Address == "waiting" || c.Address == "phone")))
            {
                conversation.AssignedTo = conversation.Address == "phone" ? null : me;
                db.Add(new ConversationLabel { ConversationId = conversation.Id, AccountId = two.Account, Key = "VIP", Name = "VIP" });
            }
        });
        var viewer = new InboxViewer(two.Account, me, TimeZoneInfo.Utc);
        foreach (var owner in new ConversationOwner?[] { null, ConversationOwner.Ai, ConversationOwner.Waiting, ConversationOwner.Person, ConversationOwner.Mine })
        {
            for (var parts = 0; parts < 16; parts++)
            {
                var filter = new ConversationFilter(Owner: owner, Unread: (parts & 1) != 0, Closing: (parts & 2) != 0, Failed: (parts & 4) != 0, Label: (parts & 8) != 0 ? "vip" : null);
                (await inbox.CountAsync(viewer, filter, Stop)).Shown.ShouldBe((await inbox.RunAsync(viewer, filter, 0, 200, null, Stop)).Count, $"{filter}");
            }
        }

        (await inbox.CountAsync(viewer, new ConversationFilter(Label: "vip"), Stop)).ShouldBe(new InboxCounts(3, 1, 2, 1, 1, 0, 1, 3));
    }

    [Fact]
    public async Task Mine_is_what_I_took_over_until_it_is_given_back()
    {
        await using var two = await TwoAccounts.StartAsync();
        await SwitchAsync(two.Owner, two.Conversation, false);
        (await NamesAsync(two.Owner, "owner=mine")).ShouldBe([TwoAccounts.Canary]);
        (await NamesAsync(two.Agent, "owner=mine")).ShouldBeEmpty();
        (await NamesAsync(two.Key, "owner=mine")).ShouldBeEmpty();
        (await NamesAsync(two.Agent, "owner=person")).ShouldBe([TwoAccounts.Canary]);

        await SwitchAsync(two.Agent, two.Conversation, false);
        (await NamesAsync(two.Agent, "owner=mine")).ShouldBe([TwoAccounts.Canary]);
        (await NamesAsync(two.Owner, "owner=mine")).ShouldBeEmpty();

        await SwitchAsync(two.Owner, two.Conversation, true);
        (await NamesAsync(two.Agent, "owner=mine")).ShouldBeEmpty();
        (await NamesAsync(two.Owner, "owner=ai")).ShouldBe([TwoAccounts.Canary]);
    }

    [Fact]
    public async Task A_message_that_fails_marks_its_conversation_until_anything_newer_comes_or_it_is_sent_after_all()
    {
        await using var two = await TwoAccounts.StartAsync();
        var writer = two.App.Get<IDataWriter>();
        var now = two.App.Get<TimeProvider>().GetUtcNow();
        var ids = new[] { Guid.CreateVersion7(), Guid.CreateVersion7() };
        await writer.SaveAsync(db =>
        {
            for (var i = 0; i < 2; i++)
            {
                db.Add(new Message { Id = ids[i], AccountId = two.Account, ConversationId = two.Conversation, Role = MessageRole.Owner, Type = "text", Text = "Hi", At = now.AddMinutes(i), CreatedAt = now.AddMinutes(i), Status = MessageStatus.Sending });
            }

            db.Set<Conversation>().First(c => c.Id == two.Conversation).LastMessageAt = now.AddMinutes(1);
        });
        Task StatusAsync(int i, MessageStatus status) => writer.SaveAsync(db => { db.Set<Message>().First(m => m.Id == ids[i]).Status = status; });

        await StatusAsync(0, MessageStatus.Failed);
        (await NamesAsync(two.Key, "failed=true")).ShouldBeEmpty("there is a newer one");
        await StatusAsync(1, MessageStatus.Failed);
        (await NamesAsync(two.Key, "failed=true")).ShouldBe([TwoAccounts.Canary]);
        await StatusAsync(1, MessageStatus.New);
        (await NamesAsync(two.Key, "failed=true")).ShouldBeEmpty("it is sent again");
        await StatusAsync(1, MessageStatus.Failed);
        await writer.SaveAsync(db => { db.Set<Conversation>().First(c => c.Id == two.Conversation).LastMessageAt = now.AddMinutes(2); });
        (await NamesAsync(two.Key, "failed=true")).ShouldBeEmpty("the customer has written since");
        (await NamesAsync(two.Stranger, "failed=true")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/api/conversations?bot=shop", "bad_filter")]
    [InlineData("/api/conversations?channel=telegram", "bad_filter")]
    [InlineData("/api/conversations?owner=nobody", "bad_filter")]
    [InlineData("/api/conversations?owner=1", "bad_filter")]
    [InlineData("/api/conversations?owner=AI", "bad_filter")]
    [InlineData("/api/conversations?unread=yes", "bad_filter")]
    [InlineData("/api/conversations?closing=1", "bad_filter")]
    [InlineData("/api/conversations?failed=TRUE", "bad_filter")]
    [InlineData("/api/messages?q=a&owner=nobody", "bad_filter")]
    [InlineData("/api/messages", "bad_search")]
    [InlineData("/api/messages?q=", "bad_search")]
    [InlineData("/api/messages?q=%20%20", "bad_search")]
    [InlineData("/api/messages?q=a&limit=0", "bad_page")]
    [InlineData("/api/messages?q=a&cursor=x", "bad_page")]
    public async Task A_wrong_value_is_400_with_a_code(string path, string code)
    {
        await using var app = new AiBotKit.Tests.Fakes.AppFixture();
        using var api = app.Api();
        var answer = await api.GetAsync(path, Stop);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("code").GetString().ShouldBe(code);
    }

    private static async Task SwitchAsync(HttpClient client, Guid conversation, bool aiReplies) =>
        (await client.PatchAsJsonAsync($"/api/conversations/{conversation}", new { aiReplies }, Stop)).StatusCode.ShouldBe(HttpStatusCode.OK);

    private static async Task ShouldListAsync(HttpClient client, string query, params string[] names) =>
        (await NamesAsync(client, query)).Order(StringComparer.Ordinal).ShouldBe(names, false, query);

    private static async Task<List<string>> NamesAsync(HttpClient client, string query) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("/api/conversations?" + query, Stop)).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("contactName").GetString()!)];
}
