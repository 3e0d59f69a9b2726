namespace AiBotKit.Hosting.Mail;

/// <summary>Hands a mail over. Two real ones: a mail server, and keeping it for the developer page.</summary>
internal interface IMailTransport
{
    /// <summary>False when the mail stays here to be read by the operator.</summary>
    bool LeavesTheServer { get; }

    /// <exception cref="MailRefusedException">The server cannot be reached or did not take it; it may be tried again when the exception says so.</exception>
    Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken);
}

/// <param name="Id">Stays the same over tries, so that a mail server can see a repetition.</param>
internal sealed record OutgoingMail(Guid Id, string To, string Subject, string Text, DateTimeOffset At);

/// <summary>A mail was not taken.</summary>
/// <param name="isFinal">Trying again will not help: the server refused this very mail.</param>
internal sealed class MailRefusedException(string reason, bool isFinal, Exception? cause = null) : Exception(reason, cause)
{
    public bool IsFinal => isFinal;
}

/// <summary>Without a mail server: the mail stays where it is, and the developer page shows it to the operator.</summary>
internal sealed class KeptMail : IMailTransport
{
    public bool LeavesTheServer => false;

    public Task SendAsync(OutgoingMail mail, CancellationToken cancellationToken) => Task.CompletedTask;
}
