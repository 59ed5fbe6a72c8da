using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Berth.Netlink;

namespace Berth.Inspection.Tests.Kernel;

/// <summary>A packet that is really sent.</summary>
internal sealed record SentPacket(WalkOrigin Origin, byte Protocol, IPAddress Address, ushort Port);

/// <summary>Sends packets from a network namespace and from the node, and has connection tracking say to whom they went.</summary>
internal static partial class FlowJudge
{
    private const int FirstPort = 10000;
    private const int Ports = 20000;

    // Each packet has a source port of its own, of all tests: what is left of another is not taken for it.
    private static int Sent;

    /// <returns>"10.1.0.2:80" for each; null for one that is no flow, as it was dropped on its way.</returns>
    internal static Dictionary<SentPacket, string?> TargetsOf(NetworkNamespace outside, IReadOnlyCollection<SentPacket> packets)
    {
        Dictionary<string, SentPacket> byPort = [];
        List<Socket> sockets = [];
        Tool.Run("conntrack", "-F");
        try
        {
            foreach (SentPacket packet in packets)
            {
                int port = FirstPort + (Sent++ % Ports);
                byPort.Add($"{port}", packet);
                Socket socket = packet.Origin == WalkOrigin.Outside ? outside.Run(() => Make(packet)) : Make(packet);
                sockets.Add(socket);
                Send(socket, packet, port);
            }

            return ReadFlows(byPort, packets);
        }
        finally
        {
            sockets.ForEach(static socket => socket.Dispose());
        }
    }

    private static Socket Make(SentPacket packet) => packet.Protocol == 6
        ? new Socket(packet.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, LingerState = new LingerOption(true, 0) }
        : new Socket(packet.Address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);

    private static void Send(Socket socket, SentPacket packet, int port)
    {
        socket.Bind(new IPEndPoint(packet.Address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, port));
        try
        {
            socket.Connect(packet.Address, packet.Port);
            if (packet.Protocol != 6)
            {
                socket.Send([1]);
            }
        }
        catch (SocketException)
        {
            // On its way, or refused.
        }
    }

    private static Dictionary<SentPacket, string?> ReadFlows(Dictionary<string, SentPacket> byPort, IReadOnlyCollection<SentPacket> packets)
    {
        Dictionary<SentPacket, string?> targets = packets.ToDictionary(static packet => packet, static _ => (string?)null);
        foreach (string family in (ReadOnlySpan<string>)["ipv4", "ipv6"])
        {
            foreach (Match flow in Flow().Matches(Tool.Try("conntrack", ["-L", "-f", family]).Output))
            {
                if (byPort.TryGetValue(flow.Groups[1].Value, out SentPacket? packet))
                {
                    targets[packet] = new IPEndPoint(IPAddress.Parse(flow.Groups[2].Value), int.Parse(flow.Groups[3].Value)).ToString();
                }
            }
        }

        return targets;
    }

    [GeneratedRegex(@"src=\S+ dst=\S+ sport=(\d+) dport=\d+ .*?src=(\S+) dst=\S+ sport=(\d+) ")]
    private static partial Regex Flow();
}
