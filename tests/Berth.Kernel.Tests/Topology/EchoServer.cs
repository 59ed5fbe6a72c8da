using System.Net;
using System.Net.Sockets;
using System.Text;
using Berth.Netlink;

namespace Berth.Kernel.Tests.Topology;

/// <summary>Answers every connection and every datagram with its name and the source address that it saw.</summary>
internal sealed class EchoServer : IDisposable
{
    private const int LookUpEvery = 20_000; // microseconds

    private readonly string _name;
    private readonly List<Socket> _sockets;
    private volatile bool _stopped;

    internal EchoServer(NetworkNamespace place, string name, IReadOnlyList<IPEndPoint> endpoints)
    {
        _name = name;
        _sockets = place.Run(() => endpoints.SelectMany(Open).ToList());
        foreach ((Socket socket, IPEndPoint endpoint) in _sockets.Zip(endpoints.SelectMany(e => new[] { e, e })))
        {
            socket.Bind(endpoint);
            if (socket.SocketType == SocketType.Stream)
            {
                socket.Listen(64);
            }
        }

        // A thread of its own: the answers must not wait for a busy thread pool.
        Thread = new Thread(Serve) { IsBackground = true, Name = name };
        Thread.Start();
    }

    private Thread Thread { get; }

    public void Dispose()
    {
        _stopped = true;
        Thread.Join();
    }

    private static IEnumerable<Socket> Open(IPEndPoint endpoint)
    {
        foreach ((SocketType type, ProtocolType protocol) in
            new[] { (SocketType.Stream, ProtocolType.Tcp), (SocketType.Dgram, ProtocolType.Udp) })
        {
            Socket socket = new(endpoint.AddressFamily, type, protocol);
            if (endpoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
            }

            yield return socket;
        }
    }

    private void Serve()
    {
        while (!_stopped)
        {
            List<Socket> ready = [.. _sockets];
            Socket.Select(ready, null, null, LookUpEvery);
            foreach (Socket socket in ready)
            {
                try
                {
                    Answer(socket);
                }
                catch (SocketException)
                {
                    // The client went away, or an ICMP error came back: the next one is served all the same.
                }
            }
        }

        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private void Answer(Socket socket)
    {
        if (socket.SocketType == SocketType.Stream)
        {
            using Socket connection = socket.Accept();
            connection.Send(Text(connection.RemoteEndPoint!));
            return;
        }

        Span<byte> datagram = stackalloc byte[512];
        EndPoint source = new IPEndPoint(
            socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        socket.ReceiveFrom(datagram, ref source);
        socket.SendTo(Text(source), source);
    }

    private byte[] Text(EndPoint source) =>
        Encoding.UTF8.GetBytes(Topology.Answer.From(_name, ((IPEndPoint)source).Address).ToString());
}
