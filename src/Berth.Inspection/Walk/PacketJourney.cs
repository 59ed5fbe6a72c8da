using System.Net;
using Berth.Netlink.Conntrack;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Takes a packet from where it enters the node to where its way ends, in the kernel's order.</summary>
internal sealed class PacketJourney
{
    private readonly WalkNode _node;
    private readonly HookRun _hooks;
    private readonly InputRouting _input;
    private readonly OutputRouting _output;
    private readonly LocalSockets _sockets;
    private readonly GroupRouting _groups;
    private readonly Departure _departure;
    private readonly BridgePassage _bridge;

    internal PacketJourney(WalkNode node, IReadOnlyList<WalkProgram> programs, IReadOnlySet<string> passedOver, WalkEffort effort)
    {
        _node = node;
        _input = new InputRouting(node);
        _output = new OutputRouting(node, _input);
        _hooks = new HookRun(node, programs, new NatBinding(node, passedOver), _output.Again, effort);
        _sockets = new LocalSockets(node);
        _groups = new GroupRouting(node);
        _departure = new Departure(node);
        _bridge = new BridgePassage(node, _hooks, _departure);
    }

    /// <summary>A packet that comes in by a link.</summary>
    internal List<WalkBranch> ComeIn(WalkPacket packet, Link link)
    {
        WalkBranch start = new(packet with { PacketType = TypeOf(packet.Destination) });
        if (InputRouting.RefusedOnArrival(packet, link) is string refusal)
        {
            return [start.With(start.Step(WalkStepKind.Route, refusal)).Ended(WalkOutcome.Dropped, $"dropped: {refusal}")];
        }

        List<WalkBranch> ended = [];
        foreach (WalkBranch way in _bridge.ComeIn(start, link, out Link input))
        {
            ended.AddRange(way.End is null ? RouteIn(way, input) : [way]);
        }

        return BranchMerge.Merge(ended);
    }

    /// <summary>A packet that a process of the node sends.</summary>
    internal List<WalkBranch> Send(WalkPacket packet)
    {
        List<WalkBranch> ended = [];
        foreach (WalkBranch routed in _output.Route(new WalkBranch(packet)))
        {
            if (routed.End is not null)
            {
                ended.Add(routed);
                continue;
            }

            WalkBranch leaving = routed with
            {
                Packet = routed.Packet with { OutInterface = _node.Link(routed.Route?.Output)?.Name, InInterface = null },
            };
            ended.AddRange(SendThrough(leaving));
        }

        return BranchMerge.Merge(ended);
    }

    private List<WalkBranch> SendThrough(WalkBranch leaving)
    {
        List<WalkBranch> ended = [];
        foreach (WalkBranch way in _hooks.Run(leaving, NfHook.Output))
        {
            if (way.End is not null)
            {
                ended.Add(way);
            }
            else if (way.Packet.IsStolen)
            {
                ended.AddRange(SendByVirtualServer(way));
            }
            else
            {
                ended.AddRange(Post(way));
            }
        }

        return ended;
    }

    private List<WalkBranch> RouteIn(WalkBranch branch, Link input)
    {
        WalkPacket packet = branch.Packet;
        if (_input.Martian(packet, input) is string martian)
        {
            return [Refuse(branch, WalkOutcome.Dropped, martian)];
        }

        List<WalkBranch> ended = [];
        foreach (RouteDecision decision in GroupRouting.IsGroup(packet.Destination)
            ? _groups.ComeIn(packet.Destination, input)
            : _node.Routing.Decide(QuestionOf(packet, input.Name)))
        {
            if (branch.Assuming(decision.Assumption) is WalkBranch taken)
            {
                ended.AddRange(Follow(
                    taken with { Route = decision, Probability = taken.Probability * decision.Share }, input, decision));
            }
        }

        return ended;
    }

    private List<WalkBranch> Follow(WalkBranch branch, Link input, RouteDecision decision)
    {
        WalkPacket packet = branch.Packet;
        bool isHere = decision.Type is RouteType.Local or RouteType.Broadcast or RouteType.Anycast or RouteType.Multicast;
        if (!isHere && packet.IsProxied)
        {
            // ip_forward(), ip6_forward()
            return [Refuse(branch, WalkOutcome.Dropped, "what a local socket was given is not forwarded")];
        }

        if (!isHere && _input.NotForwarded(packet, input) is string off)
        {
            return [Refuse(branch, WalkOutcome.Dropped, $"not forwarded: {off}")];
        }

        if (RouteText.RefusalOf(decision, packet) is (WalkOutcome outcome, string reason))
        {
            return [Refuse(branch, outcome, reason)];
        }

        if (_input.InvalidSource(packet, input, decision) is string invalid)
        {
            return [Refuse(branch, WalkOutcome.Dropped, invalid)];
        }

        if (isHere)
        {
            string whose = decision.Type is RouteType.Local or RouteType.Anycast ? "this node's" : "for all who listen, this node's too";
            return Receive(branch.With(branch.Step(WalkStepKind.Route, $"{packet.Destination} is {whose}: delivered here")), input.Name);
        }

        string output = _node.Link(decision.Output)?.Name ?? $"link {decision.Output}";
        WalkBranch forwarded = branch with { Packet = packet with { OutInterface = output, IsRouted = true, Gateway = decision.Gateway } };
        forwarded = forwarded.With(forwarded.Step(WalkStepKind.Route, RouteText.Of(decision, packet, output)));
        if (packet.TimeToLive is <= 1)
        {
            return [Refuse(forwarded, WalkOutcome.Rejected, "its time to live ends here")];
        }

        // Before the hook (ip_forward(), ip6_forward()).
        forwarded = forwarded with { Packet = forwarded.Packet with { TimeToLive = (byte?)(packet.TimeToLive - 1) } };
        List<WalkBranch> ended = [];
        foreach (WalkBranch way in _hooks.Run(forwarded, NfHook.Forward))
        {
            ended.AddRange(way.End is null ? Post(way) : [way]);
        }

        return ended;
    }

    private List<WalkBranch> Receive(WalkBranch branch, string input)
    {
        WalkBranch arrived = branch with
        {
            Packet = branch.Packet with { InInterface = input, OutInterface = null, IsRouted = true, Gateway = null },
        };
        List<WalkBranch> ended = [];
        foreach (WalkBranch way in _hooks.Run(arrived, NfHook.Input))
        {
            ended.AddRange(way.End is not null ? [way]
                : way.Packet.IsStolen ? SendByVirtualServer(way)
                : [_sockets.Deliver(way)]);
        }

        return ended;
    }

    // ip_vs_nat_xmit() and its like: routed anew, then the hook of the node's own packets once more.
    private List<WalkBranch> SendByVirtualServer(WalkBranch branch)
    {
        IPAddress target = branch.VirtualServer is { Forwarding: not "Masq" } server ? server.Address : branch.Packet.Destination;
        RouteDecision decision = _node.Routing.DecideOne(new RouteQuestion(target) { Mark = branch.Packet.Mark });
        if (RouteText.RefusalOf(decision, branch.Packet) is (WalkOutcome outcome, string reason))
        {
            return [Refuse(branch, outcome, $"IPVS: {reason}")];
        }

        string output = _node.Link(decision.Output)?.Name ?? $"link {decision.Output}";
        WalkBranch sent = branch with
        {
            Route = decision,
            Packet = branch.Packet with { IsStolen = false, InInterface = null, OutInterface = output },
        };
        return SendThrough(sent.With(sent.Step(WalkStepKind.Route, RouteText.Of(decision, sent.Packet, output))));
    }

    private List<WalkBranch> Post(WalkBranch branch)
    {
        string? output = _node.Link(branch.Route?.Output)?.Name ?? branch.Packet.OutInterface;
        WalkBranch leaving = branch with { Packet = branch.Packet with { OutInterface = output } };
        List<WalkBranch> ended = [];
        foreach (WalkBranch way in _hooks.Run(leaving, NfHook.Postrouting))
        {
            if (way.End is not null)
            {
                ended.Add(way);
            }
            else if (_node.Link(output) is Link link && (link.Flags & LinkFlags.Loopback) != 0)
            {
                ended.AddRange(ComeBack(way, link));
            }
            else
            {
                ended.Add(_departure.Leave(way));
            }
        }

        return ended;
    }

    // By loopback it keeps its connection and its route: no routing decides again.
    private List<WalkBranch> ComeBack(WalkBranch branch, Link loopback)
    {
        WalkBranch back = branch with
        {
            Packet = branch.Packet with
            {
                InInterface = loopback.Name,
                OutInterface = null,
                // The last thing in postrouting (nf_confirm()).
                Status = branch.Packet.Status | (branch.Packet.IsTracked ? FlowStatus.Confirmed : FlowStatus.None),
            },
        };
        List<WalkBranch> ended = [];
        foreach (WalkBranch way in _hooks.Run(back, NfHook.Prerouting))
        {
            ended.AddRange(way.End is null ? Receive(way, loopback.Name) : [way]);
        }

        return ended;
    }

    // eth_type_trans(): whoever sends to many says so in the frame.
    private byte TypeOf(IPAddress destination)
    {
        const byte Host = 0;
        const byte Broadcast = 1;
        const byte Multicast = 2;
        return !GroupRouting.IsForMany(_node, destination) ? Host
            : _node.Routing.TypeOf(destination, null) == RouteType.Multicast ? Multicast
            : Broadcast;
    }

    private static RouteQuestion QuestionOf(WalkPacket packet, string input) => new(packet.Destination)
    {
        Source = packet.Source,
        Input = input,
        Mark = packet.Mark,
        Protocol = packet.Protocol,
        SourcePort = packet.SourcePort,
        DestinationPort = packet.DestinationPort,
    };

    private static WalkBranch Refuse(WalkBranch branch, WalkOutcome outcome, string reason)
    {
        string verb = outcome == WalkOutcome.Dropped ? "dropped" : "rejected";
        return branch.With(branch.Step(WalkStepKind.Route, $"{verb}: {reason}")).Ended(outcome, $"{verb} by routing: {reason}");
    }
}
