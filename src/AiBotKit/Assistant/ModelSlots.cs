namespace AiBotKit.Assistant;

/// <summary>
/// Model calls at once over all accounts. Who waits is served account by account in turn, and within an account in order of arrival, so
/// that one account's flood delays another's next call by one call, not by the flood (F48).
/// </summary>
internal sealed class ModelSlots(int count)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Queue<TaskCompletionSource>> _waiting = [];

    // Accounts that wait, the next one first; each stands here once.
    private readonly Queue<Guid> _order = new();
    private int _free = count;

    /// <summary>Returns when a call may begin; the caller gives it back with <see cref="Release"/>, unless this was cancelled.</summary>
    public async Task TakeAsync(Guid accountId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return;
            }

            if (!_waiting.TryGetValue(accountId, out var places))
            {
                _waiting[accountId] = places = new();
                _order.Enqueue(accountId);
            }

            places.Enqueue(place);
        }

        await using var giveUp = cancellationToken.Register(() => place.TrySetCanceled(cancellationToken));
        await place.Task;
    }

    public void Release()
    {
        lock (_gate)
        {
            while (_order.TryDequeue(out var account))
            {
                var given = false;
                var places = _waiting[account];
                while (!given && places.TryDequeue(out var place))
                {
                    // False for one that gave up waiting.
                    given = place.TrySetResult();
                }

                if (places.Count > 0)
                {
                    _order.Enqueue(account);
                }
                else
                {
                    _waiting.Remove(account);
                }

                if (given)
                {
                    return;
                }
            }

            _free++;
        }
    }
}
