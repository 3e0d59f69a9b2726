using System.IO.Compression;
using System.Text;
using System.Xml;
using AiBotKit.Accounts;

namespace AiBotKit.Conversations.Leads;

/// <summary>Writes all leads of a filter as they are read, a slice at a time.</summary>
internal sealed class ExportLeads(ListLeads list, PublicAddress address)
{
    public const string CsvType = "text/csv; charset=utf-8";
    public const string ExcelType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>Characters that a cell may have (Excel's limit is 32,767).</summary>
    private const int LongestCell = 32_000;

    /// <summary>RFC 4180 with the mark that tells Excel it is UTF-8.</summary>
    public async Task WriteCsvAsync(LeadFilter filter, Stream to, CancellationToken cancellationToken)
    {
        var labels = await list.OwnLabelsAsync(filter, cancellationToken);
        await using var writer = new StreamWriter(to, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(Line(LeadCells.Header(labels)));
        await foreach (var lead in list.AllAsync(filter, cancellationToken))
        {
            await writer.WriteLineAsync(Line(LeadCells.Row(lead, labels, Link(lead))).AsMemory(), cancellationToken);
        }
    }

    /// <summary>A workbook of one sheet (ECMA-376): every cell is an inline text, so nothing is calculated.</summary>
    public async Task WriteExcelAsync(LeadFilter filter, Stream to, CancellationToken cancellationToken)
    {
        // The archive writes its ends synchronously, which a response refuses: so it is made in a file that goes with its handle.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), options);
        await PackAsync(filter, file, cancellationToken);
        file.Position = 0;
        await file.CopyToAsync(to, cancellationToken);
    }

    private async Task PackAsync(LeadFilter filter, Stream to, CancellationToken cancellationToken)
    {
        var labels = await list.OwnLabelsAsync(filter, cancellationToken);
        await using var book = await ZipArchive.CreateAsync(to, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        foreach (var (name, text) in LeadWorkbook.Parts)
        {
            await using var part = await book.CreateEntry(name).OpenAsync(cancellationToken);
            await part.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        }

        await using var sheet = await book.CreateEntry(LeadWorkbook.SheetPath).OpenAsync(cancellationToken);
        await using var xml = XmlWriter.Create(sheet, new XmlWriterSettings { Async = true, Encoding = new UTF8Encoding(false), CheckCharacters = false });
        await LeadWorkbook.BeginAsync(xml);
        await LeadWorkbook.RowAsync(xml, LeadCells.Header(labels), isHeader: true);
        await foreach (var lead in list.AllAsync(filter, cancellationToken))
        {
            await LeadWorkbook.RowAsync(xml, [.. LeadCells.Row(lead, labels, Link(lead)).Select(cell => cell.Length > LongestCell ? cell[..LongestCell] : cell)], isHeader: false);
        }

        await LeadWorkbook.EndAsync(xml);
    }

    private string Link(LeadItem lead) => address.Of($"/conversations/{lead.ConversationId}");

    private static string Line(IReadOnlyList<string> cells) => string.Join(',', cells.Select(Quoted));

    private static string Quoted(string cell) => cell.AsSpan().ContainsAny("\",\r\n") || cell.StartsWith(' ') || cell.EndsWith(' ') ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}
