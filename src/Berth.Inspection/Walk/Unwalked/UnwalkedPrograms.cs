using System.Net.Sockets;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// What stands on a packet's way and is not walked: programs of eBPF, filters of tc, chains of ebtables-legacy, and base chains of the families netdev and
/// bridge. That each lets the packet go on as it is becomes an assumption of the way.
/// </summary>
internal sealed class UnwalkedPrograms(WalkNode node, WalkStart start, NftSource? rules)
{
    private const byte Tcp = 6;

    // NF_NETDEV_EGRESS; the ingress hook is 0 there, and NF_INET_INGRESS in inet.
    private const int Egress = 1;

    private readonly Dictionary<Chain, bool> _isEmpty = [];

    /// <summary>An end of a packet's way with what it takes for granted of them.</summary>
    internal WalkBranch Assume(WalkBranch end)
    {
        PassedLinks links = PassedLinks.Of(node, start, end);
        foreach (string program in ChainsOn(links).Concat(EbtablesOn(links)).Concat(ProgramsOn(links, end)))
        {
            end = end.Assuming(new WalkAssumption($"{program}, which is not walked, lets the packet go on as it is", true)) ?? end;
        }

        return end;
    }

    /// <summary>What is there, and matters only for what this answer does not show: later packets, other senders.</summary>
    internal IReadOnlyList<string> Notes(IReadOnlyList<WalkBranch> ends)
    {
        List<string> notes = [];
        foreach (FlowTable table in rules?.FlowTables() ?? [])
        {
            if (ends.Any(end => end.End!.Interface is not null && PassedLinks.Of(node, start, end) is { In.Count: > 0 } links
                && links.In.Any(link => IsOf(table.Devices, link)) && links.Out.Any(link => IsOf(table.Devices, link))))
            {
                notes.Add($"later packets of the connection may go past all rules by flow table {table.Family.ToText()} {table.Table} "
                    + $"{table.Name} of {string.Join(", ", table.Devices)}");
            }
        }

        List<string> groups = [.. Programs.Where(program => program.Cgroup is not null && IsOfSender(program) && !IsAsked(program, "/"))
            .Select(static program => program.Cgroup!).Distinct()];
        if (start.Question.Origin == WalkOrigin.Node && groups.Count > 0)
        {
            notes.Add($"the process that sends it is in none of the cgroups with programs of their own: {string.Join(", ", groups.Take(3))}"
                + (groups.Count > 3 ? $", and {groups.Count - 3} more" : ""));
        }

        if (node.Snapshot.Ebtables is { Status: PartStatus.Absent, Reason: NodeSnapshot.WrittenBefore }
            && ends.Any(end => PassedLinks.Of(node, start, end).BridgeHooks.Count > 0))
        {
            notes.Add($"whether rules of ebtables-legacy see the packet is not known: {NodeSnapshot.WrittenBefore}");
        }

        if (node.Snapshot.Programs.Status == PartStatus.Absent)
        {
            notes.Add($"whether programs of eBPF and tc see the packet is not known: {node.Snapshot.Programs.Reason}");
        }

        notes.AddRange(ends.SelectMany(end => OnSomePorts(PassedLinks.Of(node, start, end))).Distinct()
            .Select(static program => $"the packet does not come in by the port of {program}, which is not walked"));

        List<string> back = [.. Programs.Where(program => program.Link is not null && ends.Any(end => IsOnWayBack(program, end)))
            .Select(static program => program.ToString()).Distinct()];
        notes.AddRange(back.Select(static program => $"{program}, which is not walked, lets the answer go on as it is"));
        return notes;
    }

    private IEnumerable<AttachedProgram> Programs => node.Snapshot.Programs.Value ?? [];

    // Of a pod whose name is not known each pod's may be.
    private string? Sender => start.Question.Origin != WalkOrigin.Pod ? "/"
        : PodDirectory.PodOf((node.Snapshot.CniCache.Value ?? []).FirstOrDefault(attachment => attachment.Addresses.Contains(start.Packet.Source)));

    private IEnumerable<string> ChainsOn(PassedLinks links)
    {
        foreach (Chain chain in rules?.BaseChains() ?? [])
        {
            ChainHook hook = chain.Hook!;
            bool isPassed = chain.Family switch
            {
                NfFamily.Bridge => links.BridgeHooks.Contains(hook.Hook),
                NfFamily.Netdev when (int)hook.Hook == Egress => links.Out.Any(link => IsOf(hook.Devices, link)),
                _ => IsIngress(chain) && (links.In.Any(link => IsOf(hook.Devices, link)) || IsOfEach(links.OneOfIn, link => IsOf(hook.Devices, link))),
            };
            if (isPassed && !IsEmpty(chain))
            {
                yield return NameOf(chain);
            }
        }
    }

    private IEnumerable<string> EbtablesOn(PassedLinks links) => (node.Snapshot.Ebtables.Value ?? [])
        .Where(chain => links.BridgeHooks.Contains(chain.Hook) && (chain.RuleCount > 0 || chain.Drops)).Select(static chain => chain.ToString());

    private static bool IsIngress(Chain chain) => chain.Family == NfFamily.Netdev
        ? (int)chain.Hook!.Hook != Egress
        : chain.Family != NfFamily.Bridge && chain.Hook!.Hook > NfHook.Postrouting;

    // By whichever port it comes in.
    private static bool IsOfEach(IReadOnlyList<Link> ports, Func<Link, bool> isOf) => ports.Count > 0 && ports.All(isOf);

    // What stands at some of the ports by which it may come in, and not at all of them.
    private IEnumerable<string> OnSomePorts(PassedLinks links)
    {
        foreach (Chain chain in rules?.BaseChains() ?? [])
        {
            if (IsIngress(chain) && links.OneOfIn.Any(port => IsOf(chain.Hook!.Devices, port))
                && !links.OneOfIn.All(port => IsOf(chain.Hook!.Devices, port)) && !IsEmpty(chain))
            {
                yield return NameOf(chain);
            }
        }

        if (!IsOfEach(links.OneOfIn, HasIngress))
        {
            foreach (AttachedProgram program in Programs)
            {
                if (program.Place == ProgramPlace.LinkIngress && links.OneOfIn.Any(port => port.Name == program.Link))
                {
                    yield return program.ToString();
                }
            }
        }
    }

    private bool HasIngress(Link port) =>
        Programs.Any(program => program.Place == ProgramPlace.LinkIngress && program.Link == port.Name);

    private static string NameOf(Chain chain) => $"nft {chain.Family.ToText()} {chain.Table} {chain.Name}";

    private bool IsEmpty(Chain chain)
    {
        if (!_isEmpty.TryGetValue(chain, out bool isEmpty))
        {
            isEmpty = chain.Hook!.Policy == VerdictKind.Accept
                && rules!.Rules(chain.Family, chain.Table, chain.Name).All(static rule => rule.Expressions.All(IsHarmless));
            _isEmpty.Add(chain, isEmpty);
        }

        return isEmpty;
    }

    // It compares, counts or logs, and decides nothing.
    private static bool IsHarmless(Expression expression) => expression switch
    {
        Payload or Meta { Source: null } or Compare or RangeCompare or Bitwise or Counter or Lookup { IsVerdict: false } => true,
        UnknownExpression { KindName: "log" or "last" or "limit" or "quota" } => true,
        _ => false,
    };

    private IEnumerable<string> ProgramsOn(PassedLinks links, WalkBranch end)
    {
        foreach (AttachedProgram program in Programs)
        {
            bool isPassed = program.Place switch
            {
                _ when program.IsIPv6 is bool isIPv6 && isIPv6 != (start.Packet.Family == AddressFamily.InterNetworkV6) => false,
                ProgramPlace.LinkIngress => links.In.Any(link => link.Name == program.Link)
                    || (links.OneOfIn.Any(port => port.Name == program.Link) && IsOfEach(links.OneOfIn, HasIngress)),
                ProgramPlace.LinkEgress => links.Out.Any(link => link.Name == program.Link),
                ProgramPlace.SocketLookup => end.End!.IsOfThisNode && end.End.Kind != WalkEndpointKind.Kernel,
                ProgramPlace.GroupIngress => IsOfReceiver(program, end.End!),
                _ => IsOfSender(program) && IsAsked(program, Sender),
            };
            if (isPassed)
            {
                yield return program.ToString();
            }
        }
    }

    // Only who sends from this node is asked: a process of it, or of a pod.
    private bool IsOfSender(AttachedProgram program) => start.Question.Origin != WalkOrigin.Outside
        && program.Place switch
        {
            ProgramPlace.Connect or ProgramPlace.GroupEgress => true,
            ProgramPlace.Send => start.Packet.Protocol != Tcp,
            _ => false,
        };

    private bool IsOfReceiver(AttachedProgram program, WalkEnd end) => end.Kind switch
    {
        WalkEndpointKind.Socket => end.Cgroup is null || IsAbove(program.Cgroup!, end.Cgroup),
        WalkEndpointKind.Pod => IsAsked(program, end.Owner.Pod),
        _ => false,
    };

    // Of a pod's group only the pod's number is known: those of all pods are above it, and those of other pods are not.
    private bool IsAsked(AttachedProgram program, string? who) =>
        program.Cgroup == "/" || (who is not "/" && program.Cgroup is string group && group.Contains("kubepods", StringComparison.Ordinal)
            && (node.Pods.OfCgroup(group).Pod is not string pod || pod == who || who is null));

    private static bool IsAbove(string group, string of) =>
        group == "/" || of == group || of.StartsWith(group + "/", StringComparison.Ordinal);

    private bool IsOnWayBack(AttachedProgram program, WalkBranch end)
    {
        if (end.End!.Outcome != WalkOutcome.Delivered)
        {
            return false;
        }

        PassedLinks links = PassedLinks.Of(node, start, end);
        return program.Place switch
        {
            ProgramPlace.LinkIngress => links.Out.Any(link => link.Name == program.Link) && !links.In.Any(link => link.Name == program.Link),
            ProgramPlace.LinkEgress => links.In.Any(link => link.Name == program.Link) && !links.Out.Any(link => link.Name == program.Link),
            _ => false,
        };
    }

    // Files of earlier versions do not say of which devices a chain is.
    private static bool IsOf(IReadOnlyList<string>? devices, Link link) => devices is null || devices.Any(device =>
        device == link.Name || (device.EndsWith('*') && link.Name.StartsWith(device[..^1], StringComparison.Ordinal)));
}
