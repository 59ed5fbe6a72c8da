using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Berth.Netlink;

namespace Berth.Walk.Tests.Judge;

/// <summary>
/// A network namespace with raw sockets: one a family to send any packet, and one for each protocol, which gets a copy of
/// every packet of it that passed the namespace's input. Nothing needs to listen there.
/// </summary>
internal sealed partial class Place : IDisposable
{
    private const int ProtocolRaw = 255;
    private const int LevelIpv6 = 41;
    private const int HeaderIncluded = 36; // IPV6_HDRINCL
    private const int BufferSize = 1 << 20;

    private static readonly byte[] Protocols = [SentPacket.Tcp, SentPacket.Udp, SentPacket.Sctp, SentPacket.Icmp];
    private static readonly byte[] Protocols6 = [SentPacket.Tcp, SentPacket.Udp, SentPacket.Sctp, SentPacket.Icmpv6];

    // Of a socket whose packets leave a pod: what its kernel answers of itself is dropped there.
    private const int Mark = 1;

    private readonly bool _isNode;
    private readonly Dictionary<(AddressFamily, uint), Socket> _senders = [];
    private readonly Dictionary<Socket, byte> _receivers = [];
    private readonly Ipv6Receiver _ipv6 = new();
    private readonly byte[] _buffer = new byte[65536];

    /// <summary>Opens the sockets in a namespace; null is that of the process.</summary>
    internal Place(string name, NetworkNamespace? home, params uint[] users)
    {
        Name = name;
        _isNode = home is null;
        if (home is null)
        {
            Open(users);
        }
        else
        {
            home.Run(() => Open(users));
        }
    }

    internal string Name { get; }

    internal IEnumerable<Socket> Receivers => _receivers.Keys;

    internal void Send(SentPacket packet, uint cookie) =>
        Send(_senders[(packet.Family, packet.User)], PacketBytes.Of(packet, cookie), new IPEndPoint(packet.Destination, 0));

    /// <summary>
    /// Answers a packet that arrived here, as whoever listens would. On the node its kernel does, but of UDP, where whoever
    /// got the datagram answers from where it was for.
    /// </summary>
    internal void Answer(ReceivedPacket arrived, uint cookie, Topology topology, bool isFromAnywhere)
    {
        if (!_isNode)
        {
            Send(_senders[(arrived.Source.AddressFamily, 0)], PacketBytes.AnswerTo(arrived, cookie), new IPEndPoint(arrived.Source, 0));
        }
        else if (arrived.Protocol == SentPacket.Udp && topology.Receiver() is bool isTransparent)
        {
            IPAddress from = !isFromAnywhere ? arrived.Destination
                : arrived.Destination.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any
                : IPAddress.IPv6Any;
            using Socket? socket = Topology.Bound(new IPEndPoint(from, arrived.DestinationPort), isTransparent);
            if (socket is not null)
            {
                Send(socket, PacketBytes.DataOf(~cookie), new IPEndPoint(arrived.Source, arrived.SourcePort));
            }
        }
    }

    private static void Send(Socket socket, byte[] bytes, IPEndPoint to)
    {
        try
        {
            socket.SendTo(bytes, to);
        }
        catch (SocketException)
        {
            // A local packet that a rule drops, or that has no route, is the sender's error: nothing arrives, which is what counts.
        }
    }

    /// <summary>What a socket of this place has; null when it has nothing to do with the packet.</summary>
    internal ReceivedPacket? Receive(Socket socket, uint cookie)
    {
        byte protocol = _receivers[socket];
        if (socket.AddressFamily == AddressFamily.InterNetwork)
        {
            int length = socket.Receive(_buffer);
            int header = (_buffer[0] & 0xf) * 4;
            return length < header ? null : ReceivedPacket.Read(
                Name, protocol, new IPAddress(_buffer.AsSpan(12, 4)), new IPAddress(_buffer.AsSpan(16, 4)), _buffer.AsSpan(header, length - header), cookie);
        }

        return _ipv6.Receive(socket) is (IPAddress source, IPAddress destination, byte[] data)
            ? ReceivedPacket.Read(Name, protocol, source, destination, data, cookie)
            : null;
    }

    public void Dispose()
    {
        foreach (Socket socket in _senders.Values.Concat(_receivers.Keys))
        {
            socket.Dispose();
        }

        _ipv6.Dispose();
    }

    private bool Open(uint[] users)
    {
        foreach (AddressFamily family in (ReadOnlySpan<AddressFamily>)[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            foreach (uint user in (uint[])[0, .. users])
            {
                _senders.Add((family, user), AsUser(user, () => Sender(family)));
            }

            foreach (byte protocol in family == AddressFamily.InterNetwork ? Protocols : Protocols6)
            {
                Socket socket = Raw(family, protocol);
                socket.Blocking = false;
                socket.ReceiveBufferSize = BufferSize;
                if (family == AddressFamily.InterNetworkV6)
                {
                    Ipv6Receiver.Prepare(socket);
                }

                _receivers.Add(socket, protocol);
            }
        }

        return true;
    }

    /// <summary>For nft: in places that are not the node only what the judge sends leaves.</summary>
    internal static string OnlyMarked { get; } =
        $"table inet quiet {{\n  chain out {{\n    type filter hook output priority 0; policy drop;\n    meta mark {Mark} accept\n  }}\n}}\n";

    private Socket Sender(AddressFamily family)
    {
        const int LevelSocket = 1;
        const int SocketMark = 36; // SO_MARK
        Socket socket = Raw(family, ProtocolRaw);
        if (family == AddressFamily.InterNetwork)
        {
            socket.EnableBroadcast = true;
        }

        if (!_isNode)
        {
            socket.SetRawSocketOption(LevelSocket, SocketMark, BitConverter.GetBytes(Mark));
        }

        if (family == AddressFamily.InterNetworkV6)
        {
            socket.SetRawSocketOption(LevelIpv6, HeaderIncluded, BitConverter.GetBytes(1));
        }

        return socket;
    }

    // .NET refuses protocols that it does not know.
    private static Socket Raw(AddressFamily family, int protocol)
    {
        const int RawAndClosedOnExec = 3 | 0x80000;
        int descriptor = socket(family == AddressFamily.InterNetwork ? 2 : 10, RawAndClosedOnExec, protocol);
        Assert.True(descriptor >= 0, $"socket: errno {Marshal.GetLastPInvokeError()}");
        return new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
    }

    // Rules ask for the file system's user of whoever opened the socket (f_cred->fsuid), which a thread has of its own.
    private static Socket AsUser(uint user, Func<Socket> open)
    {
        Socket? socket = null;
        Thread thread = new(() =>
        {
            _ = setfsgid(user);
            _ = setfsuid(user);
            socket = open();
        });
        if (user == 0)
        {
            return open();
        }

        thread.Start();
        thread.Join();
        return socket!;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc")]
    private static partial int setfsuid(uint user);

    [LibraryImport("libc")]
    private static partial int setfsgid(uint group);
}
