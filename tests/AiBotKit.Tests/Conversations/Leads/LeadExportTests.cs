using System.IO.Compression;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using AiBotKit.Accounts;
using AiBotKit.Chatbots;
using AiBotKit.Conversations.Leads;
using AiBotKit.Storage;
using AiBotKit.Tests.Fakes;
using Shouldly;
using Xunit;

namespace AiBotKit.Tests.Conversations.Leads;

/// <summary>Leads as a list, as CSV and as a workbook; what a spreadsheet would calculate is defused.</summary>
public sealed class LeadExportTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 23, 30, 0, TimeSpan.Zero);
    private static readonly XNamespace Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1+1", "'+1+1")]
    [InlineData("-2", "'-2")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\rx", "'\rx")]
    [InlineData("   =HYPERLINK(\"http://x\")", "'   =HYPERLINK(\"http://x\")")]
    [InlineData("\u00A0=1", "'\u00A0=1")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData("+351912345678", "+351912345678")]
    [InlineData("+351 912=1", "'+351 912=1")]
    [InlineData("-", "-")]
    [InlineData("Ana = 1", "Ana = 1")]
    [InlineData("", "")]
    public void Formulas_are_defused_and_phone_numbers_stay_readable(string text, string expected) => LeadCells.Safe(text).ShouldBe(expected);

    [Fact]
    public async Task Both_exports_hold_every_lead_once_in_order_and_nothing_that_calculates()
    {
        await using var app = new AppFixture();
        var bot = await FillAsync(app, 1203);
        using var api = app.Api();
        var bytes = await api.GetByteArrayAsync("/api/leads.csv", Stop);
        bytes[..3].ShouldBe(Encoding.UTF8.GetPreamble());
        var rows = Records(Encoding.UTF8.GetString(bytes, 3, bytes.Length - 3));
        rows[0].ShouldBe(["Name", "Email", "Phone", "Which size?", "Other details", "Consent", "Consent text", "Date", "Time", "Time zone", "Chatbot", "Conversation"]);
        rows.Count.ShouldBe(1204);
        rows.Skip(1).Select(r => r[1]).ShouldBe(Enumerable.Range(0, 1203).Select(i => $"c{1202 - i}@example.com"), "the latest first, each once, across slices and equal times");
        var hostile = rows.Single(r => r[1] == "c7@example.com");
        hostile[..5].ShouldBe(["'=cmd|' /C calc'!A0", "c7@example.com", "+351912345678", "'@big, \"red\"\nand more", "Company: =2+2"]);
        rows.Single(r => r[1] == "c8@example.com")[2].ShouldBe("-");
        rows[^1][7..11].ShouldBe(["2026-02-01", "00:30", "Europe/Berlin", "Shop"], "in the chatbot's time zone");

        using var book = new ZipArchive(new MemoryStream(await api.GetByteArrayAsync($"/api/leads.xlsx?chatbotId={bot}", Stop)));
        book.Entries.Select(e => e.FullName).ShouldBe(["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/worksheets/sheet1.xml"]);
        foreach (var part in book.Entries)
        {
            await using var opened = await part.OpenAsync(Stop);
            (await XDocument.LoadAsync(opened, LoadOptions.None, Stop)).Root.ShouldNotBeNull();
        }

        await using var entry = await book.GetEntry("xl/worksheets/sheet1.xml")!.OpenAsync(Stop);
        var sheet = await XDocument.LoadAsync(entry, LoadOptions.PreserveWhitespace, Stop);
        var cells = sheet.Descendants(Main + "row").Select(row => row.Elements(Main + "c").ToList()).ToList();
        cells.Count.ShouldBe(1204);
        cells.SelectMany(c => c).ShouldAllBe(c => (string?)c.Attribute("t") == "inlineStr" && !c.Elements(Main + "f").Any());
        cells.Select(row => row[1].Value).ShouldBe(rows.Select(r => r[1]));
        cells.Single(row => row[1].Value == "c7@example.com")[0].Value.ShouldBe("'=cmd|' /C calc'!A0");
    }

    [Fact]
    public async Task The_list_has_ten_a_page_and_finds_parts_without_case_or_accents()
    {
        await using var app = new AppFixture();
        var bot = await FillAsync(app, 23);
        using var api = app.Api();
        var first = await api.GetFromJsonAsync<JsonElement>("/api/leads", Stop);
        (first.GetProperty("items").GetArrayLength(), first.GetProperty("total").GetInt32(), first.GetProperty("pages").GetInt32()).ShouldBe((10, 23, 3));
        var last = await api.GetFromJsonAsync<JsonElement>("/api/leads?page=3", Stop);
        last.GetProperty("items").EnumerateArray().Select(l => l.GetProperty("email").GetString()).ShouldBe(["c2@example.com", "c1@example.com", "c0@example.com"]);
        (await api.GetFromJsonAsync<JsonElement>("/api/leads?page=4", Stop)).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await EmailsAsync("q=JOSE")).ShouldBe(["c9@example.com"]);
        (await EmailsAsync("q=912%20345")).ShouldBeEmpty("a number is looked for as it is stored");
        (await EmailsAsync("q=91234567")).ShouldBe(["c7@example.com"]);
        (await EmailsAsync("q=%25")).Count.ShouldBe(10, "no letters: nothing is looked for");
        (await EmailsAsync($"chatbotId={bot}")).Count.ShouldBe(10);
        using (var unknown = await api.GetAsync($"/api/leads?chatbotId={Guid.CreateVersion7()}", Stop))
        {
            ((int)unknown.StatusCode).ShouldBe(404);
        }

        foreach (var page in new[] { "0", "-1", "x", "1e3", "99999999999" })
        {
            using var answer = await api.GetAsync($"/api/leads?page={page}", Stop);
            ((int)answer.StatusCode).ShouldBe(400, page);
        }

        async Task<List<string>> EmailsAsync(string query) =>
            [.. (await api.GetFromJsonAsync<JsonElement>("/api/leads?" + query, Stop)).GetProperty("items").EnumerateArray().Select(l => l.GetProperty("email").GetString()!)];
    }

    /// <summary>Leads of one chatbot; several share an instant.</summary>
    private static async Task<Guid> FillAsync(AppFixture app, int count)
    {
        var (account, bot) = (app.Get<FirstAccount>().Id, Guid.CreateVersion7());
        await app.Get<IDataWriter>().SaveAsync(db =>
        {
            db.Add(new Chatbot { Id = bot, AccountId = account, Name = "Shop", TimeZone = "Europe/Berlin", CreatedAt = Start });
            db.Add(new LeadForm { ChatbotId = bot, AccountId = account, Settings = JsonSerializer.Serialize(LeadFormValues.New with { OwnFields = ["Which size?"] }, LeadJson.Default.LeadFormValues) });
            for (var i = 0; i < count; i++)
            {
                var state = new LeadState
                {
                    Stage = LeadStage.Done,
                    LeadId = new Guid($"00000000-0000-7000-8000-{i:x12}"),
                    Language = "en",
                    Epoch = 0,
                    BegunAt = Start.AddMinutes(i / 3),
                    AskedAt = Start,
                    Name = i == 7 ? "=cmd|' /C calc'!A0" : i == 9 ? "José" : "Ana",
                    Email = $"c{i}@example.com",
                    Phone = i == 7 ? "+351912345678" : null,
                    Own = i == 7 ? [new LeadAnswer("Which size?", "@big, \"red\"\nand more"), new LeadAnswer("Company", "=2+2")] : [],
                };
                var lead = state.ToLead()!;
                db.Add(new Lead
                {
                    Id = lead.Id,
                    AccountId = account,
                    ChatbotId = bot,
                    ConversationId = Guid.CreateVersion7(),
                    Name = lead.Name,
                    Email = lead.Email,
                    Phone = lead.Phone,
                    Own = lead.Own,
                    Words = lead.Words,
                    CreatedAt = lead.CreatedAt,
                    CompletedAt = lead.CreatedAt,
                });
            }
        });
        return bot;
    }

    /// <summary>Records of RFC 4180.</summary>
    private static List<string[]> Records(string csv)
    {
        var (records, record, cell) = (new List<string[]>(), new List<string>(), new StringBuilder());
        var quoted = false;
        for (var i = 0; i < csv.Length; i++)
        {
            var c = csv[i];
            if (quoted)
            {
                if (c != '"')
                {
                    cell.Append(c);
                }
                else if (i + 1 < csv.Length && csv[i + 1] == '"')
                {
                    cell.Append(csv[++i]);
                }
                else
                {
                    quoted = false;
                }
            }
            else if (c == '"')
            {
                quoted = true;
            }
            else if (c is ',' or '\r')
            {
                record.Add(cell.ToString());
                cell.Clear();
                if (c == '\r')
                {
                    csv[++i].ShouldBe('\n');
                    records.Add([.. record]);
                    record.Clear();
                }
            }
            else
            {
                cell.Append(c);
            }
        }

        cell.Length.ShouldBe(0);
        return records;
    }
}
