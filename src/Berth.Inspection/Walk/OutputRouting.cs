using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>Routes what the node itself sends (ip_route_output_key(), ip_route_me_harder()).</summary>
internal sealed class OutputRouting(WalkNode node, InputRouting input)
{
    private const uint Main = 254;

    /// <summary>The way out at first, with the source that the kernel chooses where there is none.</summary>
    internal IReadOnlyList<WalkBranch> Route(WalkBranch branch)
    {
        bool hasSource = !branch.Packet.Source.Equals(IPAddress.Any) && !branch.Packet.Source.Equals(IPAddress.IPv6Any);
        List<WalkBranch> routed = [];
        foreach (WalkBranch way in Ways(branch, hasSource))
        {
            if (way.End is not null || hasSource)
            {
                routed.Add(way);
                continue;
            }

            IPAddress? source = LinkAddresses.ForOutput(node, way.Packet.Destination, way.Route!);
            routed.Add(source is null
                ? Fail(way, $"the node has no source address for {way.Packet.Destination}")
                : way with { Packet = way.Packet with { Source = source } });
        }

        return [.. routed.Select(way => way.End is null ? Tell(way, "") : way)];
    }

    /// <summary>Another way, after a rule changed destination, source or mark.</summary>
    internal IReadOnlyList<WalkBranch> Again(WalkBranch branch) =>
        [.. Ways(branch, node.IsLocal(branch.Packet.Source)).Select(way => way.End is null ? Tell(way, "routed anew: ") : way)];

    private WalkBranch Tell(WalkBranch way, string before)
    {
        RouteDecision decision = way.Route!;
        string output = node.Link(decision.Output)?.Name ?? $"link {decision.Output}";
        return way.With(way.Step(WalkStepKind.Route, before + (decision.Type == RouteType.Local
            ? $"{way.Packet.Destination} is this node's: by {output}"
            : RouteText.Of(decision, way.Packet, output).Replace("forwarded to", "leaves by", StringComparison.Ordinal))));
    }

    private List<WalkBranch> Ways(WalkBranch branch, bool withSource)
    {
        WalkPacket packet = branch.Packet;
        List<WalkBranch> ways = [];
        RouteQuestion question = new(packet.Destination)
        {
            Source = withSource ? packet.Source : null,
            Output = packet.BoundTo,
            Mark = packet.Mark,
            Protocol = packet.Protocol,
            SourcePort = packet.SourcePort,
            DestinationPort = packet.DestinationPort,
        };
        foreach (RouteDecision decision in GroupRouting.IsGroup(packet.Destination) ? new GroupRouting(node).Send(question) : node.Routing.Decide(question))
        {
            if (branch.Assuming(decision.Assumption) is not WalkBranch taken)
            {
                continue;
            }

            // Without a route what is bound to a link takes its receiver to be there (ip_route_output_key_hash_rcu()).
            RouteDecision found = !decision.IsFound && packet.Family == AddressFamily.InterNetwork && node.Link(packet.BoundTo) is Link bound
                ? new RouteDecision(RouteType.Unicast, Main) { Output = bound.Index }
                : decision;

            // What is local leaves by loopback, whatever link the address is of.
            RouteDecision real = found.Type == RouteType.Local ? found with { Output = Loopback ?? found.Output } : found;
            taken = taken with
            {
                Route = real,
                Probability = taken.Probability * real.Share,
                Packet = packet with { IsRouted = true, Gateway = real.Gateway },
            };
            ways.Add(RouteText.RefusalOf(real, packet) is (WalkOutcome outcome, string reason)
                ? Fail(taken, reason, outcome)
                : RefusedLoopback(packet, real, withSource) is string martian ? Fail(taken, martian, WalkOutcome.Dropped)
                : taken);
        }

        return ways;
    }

    private int? Loopback => (node.Snapshot.Links.Value ?? []).FirstOrDefault(static link => (link.Flags & LinkFlags.Loopback) != 0)?.Index;

    // __mkroute_output()
    private string? RefusedLoopback(WalkPacket packet, RouteDecision decision, bool withSource) =>
        withSource && packet.Family == AddressFamily.InterNetwork && IPAddress.IsLoopback(packet.Source)
        && node.Link(decision.Output) is Link output && (output.Flags & LinkFlags.Loopback) == 0 && !input.RoutesLoopback(output)
            ? $"{packet.Source} cannot leave by {output.Name}, where route_localnet is off"
            : null;

    private static WalkBranch Fail(WalkBranch branch, string reason, WalkOutcome outcome = WalkOutcome.Rejected)
    {
        string verb = outcome == WalkOutcome.Dropped ? "dropped" : "rejected";
        return branch.With(branch.Step(WalkStepKind.Route, $"{verb}: {reason}")).Ended(outcome, $"{verb} by routing: {reason}");
    }
}
