using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>
/// Takes the first packet of a connection through a node, hook by hook in the kernel's order over nftables and iptables
/// together, and says where it ends, whether the answer finds its way, and who would have got it otherwise.
/// </summary>
public static class PacketWalk
{
    // More than that many who would have got it otherwise nobody reads.
    private const int MaxAlternatives = 8;

    /// <summary>Walks a packet through a node in a snapshot.</summary>
    /// <exception cref="WalkException">The packet cannot enter so: an unknown link or pod, no address to come from.</exception>
    /// <param name="snapshot">The node.</param>
    /// <param name="question">The packet.</param>
    /// <param name="services">What Services' manifests say, which names those of IPVS; null when that is not known.</param>
    public static WalkAnswer Explain(
        NodeSnapshot snapshot, WalkQuestion question, IReadOnlyList<DeclaredServicePort>? services = null) =>
        Explain(new WalkNode(snapshot, services: services), question, WalkRuleset.Of(snapshot));

    /// <summary>
    /// Walks a packet through the node itself: of the rules only those are read that the packet reaches.
    /// </summary>
    /// <param name="options">From where the rest is read.</param>
    /// <param name="question">The packet.</param>
    /// <param name="services">What Services' manifests say; null when that is not known.</param>
    /// <exception cref="WalkException">The packet cannot enter so.</exception>
    public static WalkAnswer ExplainHere(
        NodeReaderOptions options, WalkQuestion question, IReadOnlyList<DeclaredServicePort>? services = null)
    {
        NodeSnapshot snapshot = NodeReader.ReadForWalk(options);
        using LiveRuleset live = LiveRuleset.Open(snapshot);
        WalkAnswer answer = Explain(new WalkNode(live.Snapshot, NodeReader.ReadHolders, services) { LiveFlows = NodeReader.ReadFlows }, question, live.Ruleset);
        return live.IsConsistent
            ? answer
            : answer with { Notes = [.. answer.Notes, "the nftables ruleset changed while it was read: parts may be older than others"] };
    }

    internal static WalkAnswer Explain(WalkNode node, WalkQuestion question, WalkRuleset ruleset)
    {
        WalkStart start = WalkStart.Of(node, question);
        IReadOnlyList<WalkProgram> programs = ruleset.Programs(node, start.Packet.Family);
        WalkEffort effort = new();
        UnwalkedPrograms unwalked = new(node, start, ruleset.Nft);
        IpsecPolicies ipsec = new(node, start);
        List<WalkBranch> ends = Walk(node, programs, start, ImmutableHashSet<string>.Empty, effort);
        if (!start.IsKept)
        {
            ends = [.. ends.Select(unwalked.Assume).Select(ipsec.Assume)];
        }

        KnownFlows known = new(node, question, ends);
        ends = [.. ends.Select(known.Assume)];
        ReplyWalk reply = new(node, programs, start);
        List<WalkWay> ways = [];
        foreach (WalkBranch end in ends.OrderByDescending(static end => end.Probability))
        {
            ways.Add(new WalkWay(end.Steps, end.End! with { SourcePorts = end.Packet.SourcePorts })
            {
                Probability = end.Probability,
                Conditions = [.. end.Assumptions.Select(assumption =>
                    new WalkCondition(assumption.Unknown, assumption.Holds, WalkConclusions.Matters(ends, assumption)))],
                Reply = end.End!.Outcome != WalkOutcome.Delivered ? null
                    : start.IsKept ? new WalkReply(true, "the answer stays there, too")
                    : reply.Of(end),
            });
        }

        IReadOnlyList<string> unread = WalkNotes.Unread(node.Snapshot);
        // Of the node's own packets the source is chosen by the route.
        WalkQuestion asked = start.Question.Source is null && ends[0].Steps is [var first, ..]
            ? start.Question with { Source = first.Source }
            : start.Question;
        return new WalkAnswer(asked, unread.Count > 0 ? WalkConclusion.Depends : WalkConclusions.Of(ends), ways)
        {
            Otherwise = Alternatives(node, programs, start, ends, effort),
            Notes = [.. WalkNotes.Of(node, start), .. WalkNotes.Of(ways), .. known.Notes, .. start.IsKept ? [] : unwalked.Notes(ends), .. start.IsKept ? [] : ipsec.Notes(ends)],
            Unread = unread,
        };
    }

    internal static List<WalkBranch> Walk(
        WalkNode node, IReadOnlyList<WalkProgram> programs, WalkStart start, IReadOnlySet<string> passedOver, WalkEffort effort)
    {
        if (start.IsKept)
        {
            return [new Departure(node).Keep(new WalkBranch(start.Packet), start.Link)];
        }

        PacketJourney journey = new(node, programs, passedOver, effort);
        return start.Link is Link link ? journey.ComeIn(start.Packet, link) : journey.Send(start.Packet);
    }

    // Again and again without whoever got it, until nobody rewrites it any more.
    private static List<WalkAlternative> Alternatives(
        WalkNode node, IReadOnlyList<WalkProgram> programs, WalkStart start, List<WalkBranch> ends, WalkEffort effort)
    {
        List<WalkAlternative> alternatives = [];
        ImmutableHashSet<string> passedOver = [];
        while (alternatives.Count < MaxAlternatives)
        {
            List<Rewriter> winners = [.. ends.Select(static end => end.Rewriter).OfType<Rewriter>().DistinctBy(static rewriter => rewriter.Key)];
            if (winners.Count == 0)
            {
                break;
            }

            passedOver = passedOver.Union(winners.Select(static winner => winner.Key));
            ends = Walk(node, programs, start, passedOver, effort);
            string without = string.Join(" and ", winners.Select(static winner => winner.Name));
            foreach (WalkBranch end in ends.DistinctBy(static end => end.Rewriter?.Key ?? end.End!.Text))
            {
                string? server = end.Steps.FirstOrDefault(static step => step.Kind == WalkStepKind.VirtualServer)?.Rule;
                string winner = end.Rewriter is not null ? $"{end.Rewriter.Name}: {end.End!.Text}"
                    : server is not null ? $"IPVS {server.Split(" -> ")[0]}: {end.End!.Text}"
                    : end.End!.Text;
                alternatives.Add(new WalkAlternative(without, winner, end.End!.Outcome));
            }
        }

        return alternatives;
    }
}

/// <summary>A packet cannot enter a node as it was asked.</summary>
public sealed class WalkException(string message) : Exception(message);
