using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// Asks packets who gets them. What rules' destinations and ports say is not all: an ACCEPT of an ipset, a RETURN of some
/// sources, NOTRACK or an interface before the rewriting only a walk sees.
/// </summary>
internal sealed class PacketProbe(NodeSnapshot snapshot)
{
    // A walk may pass every rule of a node, and costs as much as some two hundred of them besides. When all that may be passed
    // has been, what is known without a walk stands; a few may always be asked.
    private const int MostRules = 200_000;
    private const int RulesOfAWalk = 200;
    private const int FewestQuestions = 25;
    private const int MostAddresses = 3;

    // Links behind which machines of the node are, not the world.
    private static readonly string[] InwardKinds = ["bridge", "veth", "openvswitch"];

    private readonly Dictionary<(byte, IPAddress, ushort, WalkOrigin, string?), IReadOnlyList<WalkBranch>?> _answers = [];
    private readonly Dictionary<AddressFamily, IReadOnlyList<WalkProgram>> _programs = [];
    private readonly Dictionary<AddressFamily, IReadOnlyList<IPAddress>> _addresses = [];
    private readonly Dictionary<AddressFamily, Link?> _outward = [];

    // One for all questions: where rules are not known, each would have as much.
    private readonly WalkEffort _effort = new();
    private WalkNode? _node;
    private Dictionary<IPAddress, int>? _owners;
    private int _others;

    // Rules that could not be read may be those that decide.
    private readonly bool _isBlind = WalkNotes.Unread(snapshot).Count > 0;

    private readonly int _mostQuestions = Math.Max(FewestQuestions, MostRules / (RulesOfAWalk + RulesOf(snapshot)));

    private WalkNode Node => _node ??= new WalkNode(snapshot);

    // Which link has an address: in IPVS mode the node has as many as there are Services.
    private Dictionary<IPAddress, int> Owners
    {
        get
        {
            if (_owners is null)
            {
                _owners = [];
                foreach (LinkAddress item in snapshot.Addresses.Value ?? [])
                {
                    _owners.TryAdd(item.Address, item.LinkIndex);
                }
            }

            return _owners;
        }
    }

    /// <summary>
    /// The addresses of the node that stand for all: the first of each link, those of loopback and of dummy links left out.
    /// </summary>
    internal IReadOnlyList<IPAddress> AddressesOf(AddressFamily family)
    {
        if (!_addresses.TryGetValue(family, out IReadOnlyList<IPAddress>? addresses))
        {
            addresses =
            [
                .. (snapshot.Addresses.Value ?? [])
                    .Where(item => item.Address.AddressFamily == family && !item.Address.IsIPv6LinkLocal
                        && Node.Link(item.LinkIndex) is Link link && link.IsUp && (link.Flags & LinkFlags.Loopback) == 0 && link.Kind != "dummy")
                    .DistinctBy(static item => item.LinkIndex).Select(static item => item.Address).Take(MostAddresses),
            ];
            _addresses.Add(family, addresses);
        }

        return addresses;
    }

    /// <summary>The addresses of one link, by its name.</summary>
    internal IReadOnlyList<IPAddress> AddressesOf(AddressFamily family, string link) => Node.Link(link) is Link named
        ? [.. Node.Addresses(named).Select(static item => item.Address).Where(address => address.AddressFamily == family).Take(MostAddresses)]
        : [];

    /// <summary>The ways that the first packet of a connection takes; null when that cannot be told.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="port">The port; of 0 nothing can be told.</param>
    /// <param name="origin">From where.</param>
    /// <param name="link">The link by which it comes in from outside; null for the one that is likely.</param>
    internal IReadOnlyList<WalkBranch>? Ask(byte protocol, IPAddress destination, ushort port, WalkOrigin origin, string? link = null)
    {
        if (_isBlind || port == 0)
        {
            return null;
        }

        link = origin == WalkOrigin.Outside ? link ?? InterfaceFor(destination) : null;
        (byte, IPAddress, ushort, WalkOrigin, string?) key = (protocol, destination, port, origin, link);
        if (!_answers.TryGetValue(key, out IReadOnlyList<WalkBranch>? answer) && _answers.Count < _mostQuestions)
        {
            answer = Walk(QuestionOf(protocol, destination, port, origin, link), []);
            _answers.Add(key, answer);
        }

        return answer;
    }

    /// <summary>
    /// The ways that the first packet of a connection would take if some of those who rewrite its destination did not; null when
    /// none of them does, or that cannot be told.
    /// </summary>
    internal IReadOnlyList<WalkBranch>? AskWithout(
        byte protocol, IPAddress destination, ushort port, WalkOrigin origin, Func<Rewriter, bool> isPassedOver)
    {
        if (_isBlind || port == 0 || _others >= _mostQuestions)
        {
            return null;
        }

        _others++;
        string? link = origin == WalkOrigin.Outside ? InterfaceFor(destination) : null;
        WalkQuestion question = QuestionOf(protocol, destination, port, origin, link);
        ImmutableHashSet<string> passedOver = [];
        IReadOnlyList<WalkBranch>? ways = _answers.GetValueOrDefault((protocol, destination, port, origin, link)) ?? Walk(question, passedOver);
        while (ways is not null)
        {
            ImmutableHashSet<string> more = passedOver.Union(
                ways.Select(static way => way.Rewriter).OfType<Rewriter>().Where(isPassedOver).Select(static rewriter => rewriter.Key));
            if (more.Count == passedOver.Count)
            {
                break;
            }

            passedOver = more;
            ways = Walk(question, passedOver);
        }

        return passedOver.IsEmpty ? null : ways;
    }

    private static WalkQuestion QuestionOf(byte protocol, IPAddress destination, ushort port, WalkOrigin origin, string? link) =>
        new(protocol, destination) { DestinationPort = port, Origin = origin, Interface = link };

    // Who asks a bridge of containers for its own address from outside comes in elsewhere. Null leaves it to the walk.
    private string? InterfaceFor(IPAddress destination)
    {
        if (Owners.TryGetValue(destination, out int owner) && Node.Link(owner) is Link link && !InwardKinds.Contains(link.Kind))
        {
            return null;
        }

        if (!_outward.TryGetValue(destination.AddressFamily, out Link? outward))
        {
            _outward.Add(destination.AddressFamily, outward = Outward(destination.AddressFamily));
        }

        return outward?.Name;
    }

    // Where the default route leads; without one a link that is no bridge.
    private Link? Outward(AddressFamily family)
    {
        IPAddress anywhere = IPAddress.Parse(family == AddressFamily.InterNetwork ? "198.51.100.1" : "2001:db8::1");
        RouteDecision outside = Node.Routing.DecideOne(new RouteQuestion(anywhere));
        return outside.Type == RouteType.Unicast && Node.Link(outside.Output) is Link byRoute
            ? byRoute
            : (snapshot.Links.Value ?? []).FirstOrDefault(link =>
                link.IsUp && (link.Flags & LinkFlags.Loopback) == 0 && link.Kind != "dummy" && !InwardKinds.Contains(link.Kind)
                && Node.Addresses(link).Any(item => item.Address.AddressFamily == family && !item.Address.IsIPv6LinkLocal));
    }

    private static int RulesOf(NodeSnapshot snapshot) =>
        (snapshot.NfTables.Value?.Tables.Sum(static table => table.Chains.Sum(static chain => chain.Rules.Count)) ?? 0)
        + (snapshot.LegacyIptables.Value ?? []).Sum(static tables => tables.Save.AsSpan().Count('\n'));

    private List<WalkBranch>? Walk(WalkQuestion question, ImmutableHashSet<string> passedOver)
    {
        try
        {
            WalkStart start = WalkStart.Of(Node, question);
            if (!_programs.TryGetValue(start.Packet.Family, out IReadOnlyList<WalkProgram>? programs))
            {
                _programs.Add(start.Packet.Family, programs = WalkRuleset.Of(snapshot).Programs(Node, start.Packet.Family));
            }

            return PacketWalk.Walk(Node, programs, start, passedOver, _effort);
        }
        catch (WalkException)
        {
            // It cannot come in so: no link, no such address.
            return null;
        }
    }

    /// <summary>
    /// Whether a way was past the place where destinations are rewritten, and nobody had rewritten it. IPVS comes after that,
    /// on the way out too.
    /// </summary>
    internal static bool IsPast(WalkBranch way) => way.Rewriter is null
        && (way.End is { Outcome: WalkOutcome.Delivered } || way.Steps.Any(static step =>
            step.Kind == WalkStepKind.VirtualServer || step.Hook is NfHook.Input or NfHook.Forward or NfHook.Postrouting));
}
