using System.Diagnostics;
using System.Net.Sockets;
using Berth.Netlink;
using Berth.Netlink.Netfilter;

namespace Berth.Walk.Tests.Judge;

/// <summary>What became of a packet.</summary>
internal sealed record Observation(IReadOnlyList<ReceivedPacket> Received)
{
    /// <summary>Where it arrived; null when it was dropped, rejected or lost.</summary>
    internal ReceivedPacket? Arrived => Received.FirstOrDefault(packet => packet.Kind == ReceivedKind.Itself);

    /// <summary>What came back to its sender, in answer or as an error.</summary>
    internal ReceivedPacket? Back(string sender) =>
        Received.FirstOrDefault(packet => packet.Kind != ReceivedKind.Itself && packet.Place == sender);

    /// <summary>The answer that came back to the sender, from whatever address; null when none did.</summary>
    internal ReceivedPacket? Answer(string sender) =>
        Received.FirstOrDefault(packet => packet.Kind == ReceivedKind.Answer && packet.Place == sender);

    public override string ToString() => Received.Count == 0 ? "nothing arrived anywhere" : string.Join("; ", Received);
}

/// <summary>Sends packets and sees what becomes of them.</summary>
internal sealed class Sender : IDisposable
{
    // The way is gone when the call that sends returns; the rest is for a processor that somebody else has.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(1.5);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(6);

    private readonly Topology _topology;
    private readonly NetlinkConnection _netfilter = NetlinkConnection.Open(NetlinkProtocol.Netfilter);
    private readonly List<Socket> _receivers;
    private readonly Dictionary<Socket, Place> _homes = [];
    private uint _cookie = 0x10000000;

    internal Sender(Topology topology)
    {
        _topology = topology;
        foreach (Place place in topology.Places.Values)
        {
            foreach (Socket socket in place.Receivers)
            {
                _homes.Add(socket, place);
            }
        }

        _receivers = [.. _homes.Keys];
    }

    /// <summary>Sends a packet, of whose flow the node knows nothing yet.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="isPatient">Whether there is time to be sure that nothing more comes.</param>
    /// <param name="isOfKnownFlow">Whether the node may know its flow.</param>
    internal Observation Send(SentPacket packet, bool isPatient = false, bool isOfKnownFlow = false)
    {
        if (!isOfKnownFlow)
        {
            ForgetFlows();
        }

        Drain(_cookie, []);
        _topology.Receiver();
        uint cookie = _cookie += 16;
        List<ReceivedPacket> received = [];
        bool isAnswered = false;
        _topology.Places[packet.From].Send(packet, cookie);
        long start = Stopwatch.GetTimestamp();
        TimeSpan limit = isPatient ? TimeSpan.FromMilliseconds(150) : Patience;
        while (true)
        {
            bool any = Drain(cookie, received);
            received.RemoveAll(one => packet.IsForMany && one.Kind == ReceivedKind.Itself && one.Place == packet.From);
            if (!isAnswered && received.Find(static one => one.Kind == ReceivedKind.Itself) is ReceivedPacket arrived)
            {
                isAnswered = true;
                _topology.Places[arrived.Place].Answer(arrived, cookie, _topology, packet.IsAnsweredFromAnywhere);
                start = Stopwatch.GetTimestamp();
                continue;
            }

            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            bool isComplete = received.Any(one => one.Kind != ReceivedKind.Itself && one.Place == packet.From);
            if ((!isPatient && isComplete) || (!any && elapsed > limit))
            {
                return new Observation(received);
            }

            Wait(any ? TimeSpan.Zero : Quiet);
        }
    }

    public void Dispose() => _netfilter.Dispose();

    private void Wait(TimeSpan time)
    {
        List<Socket> ready = [.. _receivers];
        Socket.Select(ready, null, null, time);
    }

    private bool Drain(uint cookie, List<ReceivedPacket> received)
    {
        bool any = false;
        while (true)
        {
            List<Socket> ready = [.. _receivers];
            Socket.Select(ready, null, null, TimeSpan.Zero);
            if (ready.Count == 0)
            {
                return any;
            }

            foreach (Socket socket in ready)
            {
                try
                {
                    if (_homes[socket].Receive(socket, cookie) is ReceivedPacket packet)
                    {
                        received.Add(packet);
                        any = true;
                    }
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock)
                {
                }
            }
        }
    }

    private void ForgetFlows()
    {
        const int Delete = 2; // IPCTNL_MSG_CT_DELETE, without a tuple: all
        NetlinkRequest request = new(
            "forget all flows",
            NetfilterHeader.MessageType(NetfilterSubsystem.Conntrack, Delete),
            MessageFlags.None,
            static (ref MessageWriter writer) => new NetfilterHeader(0, 0).Write(ref writer),
            NetfilterHeader.Size,
            null);
        _netfilter.Execute(request);
    }
}
