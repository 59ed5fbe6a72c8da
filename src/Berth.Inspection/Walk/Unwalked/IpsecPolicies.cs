using System.Net;
using Berth.Netlink.Route;
using Berth.Netlink.Xfrm;

namespace Berth.Inspection;

/// <summary>
/// Policies of IPsec on a packet's way. Which of them decides is known, and what comes of it is not walked: that each lets the
/// packet go on as it is becomes an assumption of the way.
/// </summary>
internal sealed class IpsecPolicies(WalkNode node, WalkStart start)
{
    private const byte Icmp = 1;
    private const byte Icmpv6 = 58;

    private IReadOnlyList<XfrmPolicy> Policies => node.Snapshot.Ipsec.Value?.Policies ?? [];

    /// <summary>An end of a packet's way with what it takes for granted of them.</summary>
    internal WalkBranch Assume(WalkBranch end)
    {
        if (node.Snapshot.Ipsec.Value is not IpsecState state || end.End!.Outcome == WalkOutcome.Dropped)
        {
            return end;
        }

        foreach (string policy in IpsecPassage.Of(node, start, end).SelectMany(passage => Deciding(state, passage, end.Packet)).Distinct())
        {
            end = end.Assuming(new WalkAssumption($"{policy}, which is not walked, lets the packet go on as it is", true)) ?? end;
        }

        return end;
    }

    /// <summary>What is said of the answers to what was delivered.</summary>
    internal IReadOnlyList<string> Notes(IReadOnlyList<WalkBranch> ends)
    {
        if (node.Snapshot.Ipsec.Status == PartStatus.Absent && node.Snapshot.Ipsec.Reason == NodeSnapshot.WrittenBefore)
        {
            return [$"whether policies of IPsec are of the packet is not known: {NodeSnapshot.WrittenBefore}"];
        }

        if (node.Snapshot.Ipsec.Value is not IpsecState state || state.Policies.Count == 0)
        {
            return [];
        }

        return
        [
            .. ends.Where(static end => end.End!.Outcome == WalkOutcome.Delivered)
                .SelectMany(end => WayBack(end).SelectMany(passage => Deciding(state, passage, end.Packet))).Distinct()
                .Select(static policy => $"{policy}, which is not walked, lets the answer go on as it is"),
        ];
    }

    private IEnumerable<IpsecPassage> WayBack(WalkBranch end)
    {
        foreach (IpsecPassage passage in IpsecPassage.Of(node, start, end))
        {
            XfrmDirection direction = passage.Direction switch
            {
                XfrmDirection.In => XfrmDirection.Out,
                XfrmDirection.Out when start.Link is null => XfrmDirection.In,
                var same => same,
            };
            yield return new IpsecPassage(direction, [.. passage.Flows.Select(static flow => flow.Inverted)], passage.Output, passage.Input);
        }
    }

    // Sub-policies are asked first, and the others as well.
    private IEnumerable<string> Deciding(IpsecState state, IpsecPassage passage, WalkPacket packet)
    {
        if (passage.IsExempt(node, packet.Family))
        {
            yield break;
        }

        foreach (WalkTuple flow in passage.Flows)
        {
            bool isAny = false;
            foreach (bool isSub in (bool[])[true, false])
            {
                List<XfrmPolicy> matching = [.. Policies.Where(policy => policy.IsSubPolicy == isSub && IsOf(policy, passage, packet, flow))];
                isAny |= matching.Count > 0;
                foreach (XfrmPolicy policy in matching.Where(policy => policy.Priority == matching.Min(static other => other.Priority) && Matters(policy)))
                {
                    yield return IpsecText.Of(policy, node.Link(policy.LinkIndex)?.Name);
                }
            }

            if (!isAny && IsBlocked(state.Defaults, passage))
            {
                yield return IpsecText.OfDefault(passage.Direction);
            }
        }
    }

    // What allows without any transformation changes nothing. What may come unwrapped, too, is let in so.
    private static bool Matters(XfrmPolicy policy) => policy.IsBlocking
        || (policy.Direction == XfrmDirection.Out ? policy.Templates > 0 : policy.RequiredTemplates > 0);

    private static bool IsBlocked(XfrmDefaults defaults, IpsecPassage passage) => passage.Direction switch
    {
        XfrmDirection.In => defaults.BlocksIn,
        XfrmDirection.Forward => defaults.BlocksForwarded,
        _ => defaults.BlocksOut && (passage.Output is null || (passage.Output.Flags & LinkFlags.Loopback) == 0),
    };

    // __xfrm4_selector_match(), xfrm_policy_match()
    private static bool IsOf(XfrmPolicy policy, IpsecPassage passage, WalkPacket packet, WalkTuple flow)
    {
        (ushort source, ushort destination) = packet.Protocol is Icmp or Icmpv6
            ? (packet.IcmpType, packet.IcmpCode)
            : (flow.SourcePort, flow.DestinationPort);
        Link? tunnel = passage.Direction == XfrmDirection.Out ? passage.Output : passage.Input;
        return policy.Direction == passage.Direction
            && policy.Source.AddressFamily == packet.Family
            && IsIn(flow.Source, policy.Source, policy.SourcePrefixLength)
            && IsIn(flow.Destination, policy.Destination, policy.DestinationPrefixLength)
            && (policy.Protocol == 0 || policy.Protocol == packet.Protocol)
            && ((policy.SourcePort ^ source) & policy.SourcePortMask) == 0
            && ((policy.DestinationPort ^ destination) & policy.DestinationPortMask) == 0
            && (policy.LinkIndex == 0 || passage.Output is null || policy.LinkIndex == passage.Output.Index)
            && (packet.Mark & policy.MarkMask) == policy.Mark
            && (policy.InterfaceId != 0) == (tunnel?.Kind == "xfrm");
    }

    private static bool IsIn(IPAddress address, IPAddress prefix, byte length) =>
        ((AddressBits.Of(address) ^ AddressBits.Of(prefix)) & AddressBits.Mask(prefix.AddressFamily, length)) == 0;
}
