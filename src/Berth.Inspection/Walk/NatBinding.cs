using Berth.Netlink.Conntrack;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// Gives a connection its rewriting (nf_nat_setup_info()): once for the destination, once for the source, whoever asks
/// first. What nobody asks for stays as it is, and is settled all the same.
/// </summary>
/// <param name="node">The node.</param>
/// <param name="passedOver">Keys of those whose rewriting of destinations is passed over, as if they were not there.</param>
internal sealed class NatBinding(WalkNode node, IReadOnlySet<string> passedOver)
{
    /// <summary>Which end the nat chains of a hook rewrite.</summary>
    internal static NatManipulation ManipulationOf(NfHook hook) =>
        hook is NfHook.Prerouting or NfHook.Output ? NatManipulation.Destination : NatManipulation.Source;

    internal static bool IsSettled(WalkPacket packet, NatManipulation manipulation) => (packet.Status
        & (manipulation == NatManipulation.Destination ? FlowStatus.DestinationNatDone : FlowStatus.SourceNatDone)) != 0;

    /// <summary>Nobody asked: the addresses stay.</summary>
    internal static WalkPacket Settle(WalkPacket packet, NatManipulation manipulation) => packet with
    {
        Status = packet.Status
            | (manipulation == NatManipulation.Destination ? FlowStatus.DestinationNatDone : FlowStatus.SourceNatDone),
    };

    /// <summary>Carries out what a rule asks for.</summary>
    /// <returns>The packet afterwards, and whether the rule was passed over.</returns>
    internal (WalkBranch Way, bool IsPassedOver) Bind(
        WalkBranch branch, NatRequest request, WalkProgram program, IReadOnlyList<Frame> frames, Func<string, WalkStep> step)
    {
        WalkPacket packet = branch.Packet;
        Rewriter? rewriter = null;
        if (request.Manipulation == NatManipulation.Destination)
        {
            rewriter = RewriterOf(program, frames);
            if (passedOver.Contains(rewriter.Key))
            {
                return (branch, true);
            }
        }

        if (packet.Reply is not WalkTuple reply || IsSettled(packet, request.Manipulation)
            || request.Manipulation != ManipulationOf(program.Hook))
        {
            return (branch, false);
        }

        (WalkTuple? wanted, string? failure) = NatTarget.Choose(reply.Inverted, request, branch, node);
        if (wanted is null)
        {
            WalkBranch refused = branch.With(step($"dropped: {failure}"));
            return (refused.Ended(WalkOutcome.Dropped, $"dropped by {WalkNames.Table(program)} {frames[^1].Chain}: {failure}"), false);
        }

        // A source port that is chosen at random is as good as never the old one (NF_NAT_RANGE_PROTO_RANDOM_ALL).
        bool isPortChosen = request is { IsRandom: true, Manipulation: NatManipulation.Source };
        bool isChanged = wanted != reply.Inverted || isPortChosen;
        FlowStatus bit = request.Manipulation == NatManipulation.Destination ? FlowStatus.DestinationNat : FlowStatus.SourceNat;
        WalkPacket settled = Settle(packet, request.Manipulation) with
        {
            Reply = wanted.Inverted,
            Status = Settle(packet, request.Manipulation).Status | (isChanged ? bit : FlowStatus.None),
        };
        // Where nothing changes nothing is written either: what a rule wrote past tracking stays (nf_nat_setup_info()).
        settled = !isChanged ? settled
            : request.Manipulation == NatManipulation.Destination ? settled with { Destination = wanted.Destination, DestinationPort = wanted.DestinationPort }
            : settled with
            {
                Source = wanted.Source,
                SourcePort = wanted.SourcePort,
                SourcePorts = ChoosablePorts(request, reply.Inverted.SourcePort) ?? packet.SourcePorts,
            };
        string text = request.Manipulation == NatManipulation.Destination
            ? $"destination becomes {EndpointText.Of(wanted.Destination, wanted.DestinationPort)}"
            : ChoosablePorts(request, reply.Inverted.SourcePort) is { } ports
                ? $"source becomes {wanted.Source}, its port one of {ports.First} to {ports.Last} by chance"
                : $"source becomes {EndpointText.Of(wanted.Source, wanted.SourcePort)}";
        WalkBranch bound = branch with { Packet = settled, Rewriter = rewriter ?? branch.Rewriter };
        WalkStep told = step(isChanged ? text : "leaves the addresses as they are") with
        {
            Source = settled.Source,
            SourcePort = settled.SourcePort,
            Destination = settled.Destination,
            DestinationPort = settled.DestinationPort,
        };
        return (bound.With(told), false);
    }

    /// <summary>Rewrites a packet of a connection whose rewriting is settled (nf_nat_packet()).</summary>
    internal static WalkPacket Apply(WalkPacket packet, NatManipulation manipulation)
    {
        if (packet.Original is not WalkTuple original || packet.Reply is not WalkTuple reply)
        {
            return packet;
        }

        // The reply's destination is rewritten because the source of what it answers was.
        bool isOfSource = (manipulation == NatManipulation.Source) != (packet.Direction == 1);
        if ((packet.Status & (isOfSource ? FlowStatus.SourceNat : FlowStatus.DestinationNat)) == 0)
        {
            return packet;
        }

        WalkTuple target = (packet.Direction == 0 ? reply : original).Inverted;
        return manipulation == NatManipulation.Source
            ? packet with { Source = target.Source, SourcePort = target.SourcePort }
            : packet with { Destination = target.Destination, DestinationPort = target.DestinationPort };
    }

    // nf_nat_l4proto_unique_tuple(): of a range when the old one is none of it, or when asked to; without a range from as
    // privileged ports as the old one.
    private static PortInterval? ChoosablePorts(NatRequest request, ushort old)
    {
        const int Reserved = 512;
        const int Privileged = 1024;
        PortInterval? ports = old == 0 ? null
            : request.Ports is { } asked ? (request.IsRandom || old < asked.First || old > asked.Last ? asked : null)
            : !request.IsRandom ? null
            : old < Reserved ? new PortInterval(1, Reserved - 1)
            : old < Privileged ? new PortInterval(600, Privileged - 1)
            : new PortInterval(Privileged, ushort.MaxValue);
        return ports is null || ports.First == ports.Last ? null : ports;
    }

    private Rewriter RewriterOf(WalkProgram program, IReadOnlyList<Frame> frames)
    {
        MappingIdentity identity = WalkNames.IdentityOf(program, frames, node);
        string table = WalkNames.Table(program);
        Frame last = frames[^1];
        return identity.Owner.Name != "-"
            ? new Rewriter($"{identity.Kind} {identity.Source} {identity.Owner.Name}", $"{identity.Kind.ToText()} {identity.Owner.Name}", identity)
            : new Rewriter(
                $"{table} {last.Chain} {last.Rule.Text} {last.Map} {last.ElementComment}",
                $"{table} {last.Chain}: {last.Rule.Text}",
                identity);
    }
}
