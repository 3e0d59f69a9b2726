using System.Net;
using System.Net.Sockets;

namespace AiBotKit.Tests.Fakes;

/// <summary>
/// Ports of servers that are stopped and started again. They are below those that the system gives to outgoing connections: one of these could take a
/// port while its server is down, even by connecting to itself.
/// </summary>
internal static class Ports
{
    private const int First = 20_000;
    private const int Count = 10_000;
    private static int _last = Random.Shared.Next(Count);

    public static int Free()
    {
        while (true)
        {
            var port = First + ((Interlocked.Increment(ref _last) & int.MaxValue) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }
    }
}
