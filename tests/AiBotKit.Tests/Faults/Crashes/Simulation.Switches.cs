using AiBotKit.Conversations;
using AiBotKit.Durability;
using AiBotKit.Durability.Audit;
using AiBotKit.Storage;

namespace AiBotKit.Tests.Faults.Crashes;

/// <summary>The acts of people, and what the disk says of them after a crash.</summary>
internal sealed partial class Simulation
{
    private readonly HashSet<Customer> _switching = [];
    private readonly HashSet<Tenant> _switchingConnections = [];
    private int _written;

    /// <summary>Takes every conversation over each time that the product reaches this point, and gives it back now and then.</summary>
    public void TakeOverAt(FaultPoint point) => _faults.Reached = reached =>
    {
        if (reached == point && !_faults.Crashed && _world.FaultsOn)
        {
            foreach (var customer in _world.Customers)
            {
                _inFlight.Add(SwitchAsync(customer, false));
            }
        }
    };

    private Task SwitchAsync()
    {
        var customer = _world.Customers[_random.Next(_world.Customers.Count)];
        return SwitchAsync(customer, _world.Off.Contains(customer) || _random.Next(2) == 0);
    }

    private async Task SwitchAsync(Customer customer, bool on)
    {
        // One switch of a customer at a time: of two that overlap, the order of the answers does not tell which one the store took last.
        // One who may be two conversations yet is not switched: which of the two would be meant?
        if (customer.UserId is not null || ConversationOf(customer) is not { } conversation || !_switching.Add(customer))
        {
            return;
        }

        if (on)
        {
            _world.Off.Remove(customer);
        }

        try
        {
            await _product.Switch.RunAsync(customer.Tenant.AccountId, conversation, on, "Ana", Actor.System, CancellationToken.None);
            Acts++;
            if (!on)
            {
                _world.Off.Add(customer);
            }

            _world.Note($"AI replies of {customer} are {(on ? "on" : "off")}");
        }
        catch (CrashException)
        {
        }

        _switching.Remove(customer);
    }

    /// <summary>A person writes, every other time taking over with it.</summary>
    private async Task ReplyAsync()
    {
        var customer = _world.Customers[_random.Next(_world.Customers.Count)];
        if (customer.UserId is not null || ConversationOf(customer) is not { } conversation || !_switching.Add(customer))
        {
            return;
        }

        var text = PersonSaid.Words(++_written);
        try
        {
            var done = await _product.Reply.RunAsync(
                new ReplyRequest(customer.Tenant.AccountId, conversation, text, "Ana", _random.Next(2) == 0, null, Actor.System), CancellationToken.None);
            Acts++;
            if (done.Verdict == ReplyVerdict.Stored)
            {
                _world.Off.Add(customer);
                _world.Replies.Add(new PersonSaid(done.MessageId!.Value, customer, text));
            }

            _world.Note($"a person writes to {customer}: {text}, {done.Verdict}");
        }
        catch (CrashException)
        {
        }

        _switching.Remove(customer);
    }

    private async Task SwitchConnectionAsync(Tenant tenant)
    {
        if (!_switchingConnections.Add(tenant))
        {
            return;
        }

        var on = _world.Paused.Contains(tenant);
        _world.Paused.Remove(tenant);
        try
        {
            await _product.SwitchConnection.RunAsync(tenant.AccountId, tenant.ConnectionId, on, Actor.System, CancellationToken.None);
            if (!on)
            {
                _world.Paused.Add(tenant);
            }

            _world.Note($"connection {tenant.Name} is {(on ? "on" : "off")}");
        }
        catch (CrashException)
        {
        }

        _switchingConnections.Remove(tenant);
    }

    private Guid? ConversationOf(Customer customer)
    {
        using var connection = new SqliteDatabase(Folder).OpenForReading();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT Id FROM conversations WHERE ChatbotId = $c AND Address = $a";
        command.Parameters.AddWithValue("$c", customer.Tenant.ChatbotId.ToByteArray(true));
        command.Parameters.AddWithValue("$a", customer.Phone);
        return command.ExecuteScalar() is byte[] id ? new Guid(id, true) : null;
    }

    /// <summary>A switch that a crash interrupted is what the disk says.</summary>
    private void ReadSwitches()
    {
        _world.Off.Clear();
        using var connection = new SqliteDatabase(Folder).OpenForReading();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT ChatbotId, Address FROM conversations WHERE AiReplies = 0";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var (chatbot, address) = (new Guid(reader.GetFieldValue<byte[]>(0), true), reader.GetString(1));
            _world.Off.Add(_world.Customers.Single(c => c.Tenant.ChatbotId == chatbot && c.Phone == address));
        }

        reader.Close();
        _world.Paused.Clear();
        command.CommandText = "SELECT Id FROM connections WHERE Enabled = 0";
        using var connections = command.ExecuteReader();
        while (connections.Read())
        {
            _world.Paused.Add(Tenants.Single(t => t.ConnectionId == connections.Id(0)));
        }
    }
}
