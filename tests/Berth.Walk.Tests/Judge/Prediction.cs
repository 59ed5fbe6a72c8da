using System.Net;

namespace Berth.Walk.Tests.Judge;

/// <summary>What the walk says of a packet, in terms of what can be seen.</summary>
internal enum PredictedFate
{
    /// <summary>It arrives at a place.</summary>
    Arrives,

    /// <summary>It arrives nowhere, and nobody is told.</summary>
    Lost,

    /// <summary>It arrives nowhere, and its sender may be told.</summary>
    Rejected,
}

/// <summary>One way that the walk says a packet may go.</summary>
internal sealed record Prediction(PredictedFate Fate, string? Place, IPAddress Source, ushort SourcePort, IPAddress Destination, ushort DestinationPort)
{
    private static readonly Dictionary<string, string[]> OwnAddresses = new()
    {
        [Topology.PodA] = ["10.244.1.2", "fd00:244:1::2"],
        [Topology.PodB] = ["10.244.1.3", "fd00:244:1::3"],
        [Topology.PodR] = ["10.244.2.2", "fd00:244:2::2"],
        [Topology.Outside] = ["192.0.2.10", "198.18.0.10", "2001:db8:1::10", "fd00:18::10"],
    };

    /// <summary>Whether a packet's source is its sender's own address.</summary>
    internal static bool IsOwn(SentPacket packet) => packet.From == Topology.Node
        || OwnAddresses[packet.From].Contains(packet.Source.ToString())
        || (packet.From == Topology.Outside && IsAnywhere(packet.Source));

    /// <summary>Whether the host outside has an address beside those of its links.</summary>
    internal static bool IsAnywhere(IPAddress address) => Anywhere.Any(network => network.Contains(address));

    // What the host outside answers at, whatever is asked.
    private static readonly IPNetwork[] Anywhere = [IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("2001:db8:3::/64")];

    /// <summary>Whether the source port may be another one: rewriting chose it.</summary>
    internal bool IsPortChosen { get; init; }

    public override string ToString() => Fate == PredictedFate.Arrives
        ? $"arrives at {Place}: {new IPEndPoint(Source, SourcePort)} > {new IPEndPoint(Destination, DestinationPort)}"
        : Fate.ToString();

    /// <param name="branch">The way.</param>
    /// <param name="sent">What was sent: a source port of a range is any of it.</param>
    internal static Prediction Of(WalkBranch branch, SentPacket sent)
    {
        WalkPacket packet = branch.Packet;
        WalkEnd end = branch.End!;
        Prediction Is(PredictedFate fate, string? place) => new(
            fate, place, packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort)
        {
            IsPortChosen = packet.SourcePort != sent.SourcePort || (packet.Original is { } original && !packet.Source.Equals(original.Source))
                || branch.Steps.Any(static step => step.Rule?.Contains("random", StringComparison.Ordinal) == true),
        };

        // To a raw socket of the node arrives, too, what nobody listens to.
        if (end.Text.StartsWith("refused (", StringComparison.Ordinal)
            || (end.Outcome == WalkOutcome.Delivered && end.Kind is WalkEndpointKind.Socket or WalkEndpointKind.Kernel))
        {
            return Is(PredictedFate.Arrives, Topology.Node);
        }

        return end.Outcome switch
        {
            WalkOutcome.Dropped => Is(PredictedFate.Lost, null),
            WalkOutcome.Rejected => Is(PredictedFate.Rejected, null),
            _ when Behind(end) is string place => Is(PredictedFate.Arrives, place),
            _ => Is(PredictedFate.Lost, null),
        };
    }

    internal bool Agrees(Observation seen, SentPacket packet)
    {
        ReceivedPacket? arrived = seen.Arrived;
        if (Fate == PredictedFate.Arrives)
        {
            return arrived is not null && arrived.Place == Place && arrived.Source.Equals(Source) && arrived.Destination.Equals(Destination)
                && (!packet.HasPorts || (arrived.DestinationPort == DestinationPort && (arrived.SourcePort == SourcePort || IsPortChosen)));
        }

        // An error of routing or a rule's answer may be dropped on its way back: only the other way round it must fit.
        return arrived is null && (Fate == PredictedFate.Rejected || seen.Back(packet.From) is null);
    }

    // Who is behind the link, or whoever the router is.
    private static string? Behind(WalkEnd end)
    {
        string address = end.Address!.ToString();
        bool Owns(string place) => OwnAddresses[place].Contains(address);
        if (end.Source!.Equals(IPAddress.IPv6Loopback))
        {
            return null; // ipv6_rcv_core(): from another machine it is not taken
        }

        switch (end.Interface)
        {
            case "eth0" or "eth1":
                bool isReached = end.Gateway is not null || Owns(Topology.Outside);
                return isReached && (Owns(Topology.Outside) || Anywhere.Any(network => network.Contains(end.Address!))) ? Topology.Outside : null;
            case "cni0":
                return Owns(Topology.PodA) ? Topology.PodA : Owns(Topology.PodB) ? Topology.PodB : null;
            case "vethr":
                return Owns(Topology.PodR) ? Topology.PodR : null;
            default:
                return null;
        }
    }
}
