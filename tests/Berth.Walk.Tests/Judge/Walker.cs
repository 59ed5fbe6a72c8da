using System.Collections.Immutable;
using System.Net;

namespace Berth.Walk.Tests.Judge;

/// <summary>Walks packets through a snapshot of the node.</summary>
internal sealed class Walker
{
    private static readonly Dictionary<string, string> Links = new()
    {
        [Topology.PodA] = "vetha",
        [Topology.PodB] = "vethb",
        [Topology.PodR] = "vethr",
    };

    private readonly NodeSnapshot _snapshot;
    private readonly WalkRuleset _ruleset;
    private readonly Mutation? _mutation;

    /// <param name="snapshot">The node.</param>
    /// <param name="mutation">A mistake to make on purpose; null for none.</param>
    internal Walker(NodeSnapshot snapshot, Mutation? mutation = null)
    {
        _mutation = mutation;
        _snapshot = mutation?.Node(snapshot) ?? snapshot;
        _ruleset = WalkRuleset.Of(_snapshot);
    }

    /// <summary>The ways that a packet may go.</summary>
    internal IReadOnlyList<WalkBranch> Walk(SentPacket packet)
    {
        WalkNode node = new(_snapshot);
        WalkStart start = WalkStart.Of(node, new WalkQuestion(packet.Protocol, packet.Destination)
        {
            DestinationPort = packet.DestinationPort,
            Source = packet.Source,
            SourcePort = packet.HasPorts ? packet.SourcePort : (ushort)0,
            Origin = packet.From == Topology.Node ? WalkOrigin.Node : WalkOrigin.Outside,
            Interface = packet.From == Topology.Node ? null : LinkOf(packet),
            User = packet.From == Topology.Node ? packet.User : null,
            Length = PacketBytes.Length(packet),
            TimeToLive = packet.TimeToLive,
        });
        start = start with
        {
            Packet = start.Packet with
            {
                TcpFlags = packet.Protocol == SentPacket.Tcp ? packet.TcpFlags : (byte)0,
                Dscp = packet.Dscp,
                SocketGroup = packet.From == Topology.Node ? packet.User : null,
            },
        };
        IReadOnlyList<WalkProgram> programs = _ruleset.Programs(node, packet.Family);
        if (_mutation is not null)
        {
            programs = [.. programs.Select(_mutation.Program)];
        }

        return PacketWalk.Walk(node, programs, start, ImmutableHashSet<string>.Empty);
    }

    // The host outside has two links, and routes by its own tables.
    private static string LinkOf(SentPacket packet)
    {
        if (packet.From != Topology.Outside)
        {
            return Links[packet.From];
        }

        IPNetwork[] second = [IPNetwork.Parse("198.18.0.0/24"), IPNetwork.Parse("fd00:18::/64")];
        return second.Any(network => network.Contains(packet.Destination)) ? "eth1" : "eth0";
    }
}
