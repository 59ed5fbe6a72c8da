using System.Collections.Immutable;

namespace Berth.Walk.Tests.Judge;

/// <summary>A packet as the walk takes it.</summary>
/// <param name="Ways">The ways that it may go.</param>
/// <param name="ReplyOf">The way back from where one of them ended.</param>
internal sealed record WalkedPacket(IReadOnlyList<WalkBranch> Ways, Func<WalkBranch, WalkReply> ReplyOf)
{
    /// <summary>What it met of rules, by the names of <see cref="Coverage"/>.</summary>
    internal IReadOnlySet<string> Met { get; init; } = ImmutableHashSet<string>.Empty;
}

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

    internal WalkedPacket Walk(SentPacket packet)
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
        HashSet<string> met = [];
        IReadOnlyList<WalkBranch> ways;
        if (_mutation is not null)
        {
            programs = [.. programs.Select(_mutation.Program)];
            ways = PacketWalk.Walk(node, programs, start, ImmutableHashSet<string>.Empty, new WalkEffort());
        }
        else
        {
            ways = PacketWalk.Walk(node, [.. programs.Select(program => Watched(program, met))], start, ImmutableHashSet<string>.Empty, new WalkEffort());
            met.UnionWith(ways.SelectMany(static way => way.Steps).Where(static step => step.Kind == WalkStepKind.Policy)
                .Select(static step => step.Table!.StartsWith("nft ", StringComparison.Ordinal) ? "nft policy drop" : "iptables policy DROP"));
        }

        ReplyWalk reply = new(node, programs, start);
        return new WalkedPacket(ways, reply.Of) { Met = met };
    }

    private static Mutant Watched(WalkProgram program, HashSet<string> met)
    {
        return new Mutant(program)
        {
            Change = rule => new MutantRule(rule, (inner, packet, node) =>
            {
                met.UnionWith(RuleCoverage.Of(inner, packet, node));
                if (program.Type == "route")
                {
                    met.Add("nft type route");
                }

                return inner.Evaluate(packet, node);
            }),
        };
    }

    // The host outside has two links, and routes by its own tables.
    private static string LinkOf(SentPacket packet) =>
        packet.From != Topology.Outside ? Links[packet.From]
        : Topology.IsBySecondLink(packet.Destination) ? Topology.SecondLink
        : "eth0";
}
