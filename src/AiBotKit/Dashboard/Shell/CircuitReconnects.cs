using Microsoft.AspNetCore.Components.Server.Circuits;

namespace AiBotKit.Dashboard.Shell;

/// <summary>Tells the pages of one circuit that the browser came back: what was published in between may have been missed, so they re-read.</summary>
internal sealed class CircuitReconnects : CircuitHandler
{
    private bool _wasDown;

    public event Action? Reconnected;

    public override Task OnConnectionDownAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _wasDown = true;
        return Task.CompletedTask;
    }

    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (_wasDown)
        {
            _wasDown = false;
            Reconnected?.Invoke();
        }

        return Task.CompletedTask;
    }
}
