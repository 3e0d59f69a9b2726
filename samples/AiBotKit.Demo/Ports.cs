using System.Net;
using System.Net.Sockets;

namespace AiBotKit.Demo;

/// <summary>Loopback ports.</summary>
internal static class Ports
{
    /// <summary>Two different free ports, picked by the system.</summary>
    public static (int Product, int Simulator) Free()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }

    /// <exception cref="LaunchException">Another program has the port.</exception>
    public static void DemandFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
        }
        catch (SocketException)
        {
            throw new LaunchException($"Port {port} is in use by another program (perhaps another ./run). Stop it, or choose other ports: ./run --port {(port < 60000 ? port + 1000 : 5080)}");
        }
    }
}
