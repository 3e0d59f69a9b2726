namespace AiBotKit.Tests.Fakes;

/// <summary>What a model may do, by name.</summary>
internal static class ModelActs
{
    public static ModelAct Says(params string[] pieces) => SaysAfter(TimeSpan.Zero, pieces);

    /// <summary>The answer of a model that thinks for a while.</summary>
    public static ModelAct SaysAfter(TimeSpan wait, params string[] pieces) => async call =>
    {
        await Task.Delay(wait, call.Ended);
        foreach (var piece in pieces)
        {
            await call.PieceAsync(piece);
        }

        await call.EndAsync();
    };

    /// <summary>One document instead of a stream.</summary>
    public static ModelAct SaysWhole(string? text, string contentType = "application/json") => Raw(200, contentType, ModelCall.Whole(text));

    public static ModelAct Raw(int status, string contentType, string body) => async call =>
    {
        await call.BeginAsync(status, contentType);
        await call.WriteAsync(body);
    };

    public static ModelAct HangsBeforeHeaders() => call => call.HangAsync();

    public static ModelAct HangsAfterHeaders() => async call =>
    {
        await call.BeginAsync();
        await call.HangAsync();
    };

    public static ModelAct HangsAfter(params string[] pieces) => async call =>
    {
        foreach (var piece in pieces)
        {
            await call.PieceAsync(piece);
        }

        await call.HangAsync();
    };

    /// <summary>One piece each time the test allows it, for ever.</summary>
    public static ModelAct Drips(string piece, SemaphoreSlim next) => async call =>
    {
        while (true)
        {
            await next.WaitAsync(call.Ended);
            await call.PieceAsync(piece);
        }
    };

    public static ModelAct Streams(string piece) => async call =>
    {
        while (true)
        {
            await call.PieceAsync(piece);
        }
    };

    /// <summary>A body that has no end and no line.</summary>
    public static ModelAct Floods(int status, string contentType, string start) => async call =>
    {
        await call.BeginAsync(status, contentType);
        await call.WriteAsync(start);
        var much = new string('a', 64 * 1024);
        while (true)
        {
            await call.WriteAsync(much);
        }
    };

    public static ModelAct Refuses() => async call =>
    {
        await call.BeginAsync();
        await call.RefuseAsync("I cannot help with that.");
    };

    public static ModelAct IsFiltered() => async call =>
    {
        await call.PieceAsync("We open");
        await call.EndAsync("content_filter");
    };

    public static ModelAct BreaksOff() => async call =>
    {
        await call.PieceAsync("We open Monday to");
        call.Reset();
    };

    public static ModelAct Resets() => call =>
    {
        call.Reset();
        return Task.CompletedTask;
    };

    /// <summary>Every way of failing that ends by itself.</summary>
    public static IReadOnlyDictionary<string, ModelAct> Failures { get; } = new Dictionary<string, ModelAct>
    {
        ["429"] = Raw(429, "application/json", """{"error":{"message":"Rate limit","code":"rate_limit_exceeded"}}"""),
        ["500"] = Raw(500, "application/json", """{"error":{"message":"boom"}}"""),
        ["502 page"] = Raw(502, "text/html", "<html><body>Bad gateway</body></html>"),
        ["503 without a body"] = Raw(503, "text/plain", ""),
        ["wrong key"] = Raw(401, "application/json", """{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}"""),
        ["no such model"] = Raw(404, "application/json", """{"error":{"message":"no such model"}}"""),
        ["redirect"] = Raw(302, "text/plain", ""),
        ["empty body"] = Raw(200, "text/event-stream", ""),
        ["empty text"] = Says(""),
        ["whitespace"] = Says(" ", "\n", "\t "),
        ["refusal"] = Refuses(),
        ["filtered"] = IsFiltered(),
        ["only markers"] = Says("[[1]]", " [[tool:x]]"),
        ["a page"] = Raw(200, "text/html", "<html><body>Please sign in</body></html>"),
        ["half a document"] = Raw(200, "application/json", ModelCall.Whole("We open Monday to Friday [[1]]")[..90]),
        ["half an event"] = Raw(200, "text/event-stream", "data: {\"id\":\"c1\",\"choices\":[{\"ind"),
        ["a document without text"] = SaysWhole(null),
        ["a document of another kind"] = Raw(200, "application/json", """{"error":{"message":"overloaded"}}"""),
        ["choices of a wrong type"] = Raw(200, "application/json", """{"choices":[7,{"message":"x"}]}"""),
        ["a key twice"] = Raw(200, "application/json", """{"choices":[],"choices":[]}"""),
        ["breaks off"] = BreaksOff(),
        ["resets"] = Resets(),
        ["a line without end"] = Floods(200, "text/event-stream", "data: {\"id\":\""),
        ["an error without end"] = Floods(500, "application/json", "{\"error\":\""),
        ["a document without end"] = Floods(200, "application/json", "{\"choices\":\""),
        ["a page without end"] = Floods(200, "text/html", "<p>"),
    };
}
