using Berth.Netlink.IpSets;
using Berth.Netlink.Route;
using Berth.Netlink.Sockets;

namespace Berth.Inspection;

/// <summary>
/// The state of a node, or of one network namespace of it, as plain data: what listens there and where packets go can be
/// found out from it on another machine. Its JSON is described in docs/snapshot.md.
/// </summary>
public sealed record NodeSnapshot
{
    /// <summary>The format's number: a reader refuses what is newer. What is only added does not change it.</summary>
    public const int CurrentVersion = 1;

    /// <summary>What the file is.</summary>
    public const string FileKind = "BerthNodeSnapshot";

    internal const string WrittenBefore = "the file was written before this part was read";

    // Not an initial value of the property: reading JSON would set what is missing to null all the same.
    private readonly Part<IReadOnlyList<UdpFlow>>? _udpFlows;
    private readonly Part<IReadOnlyList<int>>? _queues;
    private readonly Part<IReadOnlyList<AttachedProgram>>? _programs;
    private readonly Part<IpsecState>? _ipsec;
    private readonly Part<IReadOnlyList<EbtablesChain>>? _ebtables;

    /// <summary>Always <see cref="FileKind"/>.</summary>
    public string Kind { get; init; } = FileKind;

    /// <summary>The format's number.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>When reading began.</summary>
    public DateTimeOffset TakenAt { get; init; }

    /// <summary>Which machine.</summary>
    public required NodeIdentity Node { get; init; }

    /// <summary>Network interfaces.</summary>
    public required Part<IReadOnlyList<Link>> Links { get; init; }

    /// <summary>Their addresses.</summary>
    public required Part<IReadOnlyList<LinkAddress>> Addresses { get; init; }

    /// <summary>Policy rules, both families.</summary>
    public required Part<IReadOnlyList<PolicyRule>> Rules { get; init; }

    /// <summary>Routes of all tables, both families.</summary>
    public required Part<IReadOnlyList<RouteEntry>> Routes { get; init; }

    /// <summary>The nf_tables ruleset; the nft flavour of iptables is part of it.</summary>
    public required Part<Ruleset> NfTables { get; init; }

    /// <summary>The tables of iptables-legacy.</summary>
    public required Part<IReadOnlyList<LegacyTables>> LegacyIptables { get; init; }

    /// <summary>Sets of ipset(8).</summary>
    public required Part<IReadOnlyList<IpSet>> IpSets { get; init; }

    /// <summary>Virtual services of IPVS.</summary>
    public required Part<IReadOnlyList<IpvsService>> Ipvs { get; init; }

    /// <summary>Sockets that answer whoever comes.</summary>
    public required Part<IReadOnlyList<DiagnosedSocket>> Sockets { get; init; }

    /// <summary>Processes that hold one of them.</summary>
    public required Part<IReadOnlyList<ProcessState>> Processes { get; init; }

    /// <summary>How many flows are tracked.</summary>
    public required Part<ConntrackCounts> Conntrack { get; init; }

    /// <summary>UDP flows whose destination is rewritten. Files of earlier versions of Berth do not have it.</summary>
    public Part<IReadOnlyList<UdpFlow>> UdpFlows
    {
        get => _udpFlows ?? Part.Absent<IReadOnlyList<UdpFlow>>(WrittenBefore);
        init => _udpFlows = value;
    }

    /// <summary>Queues that a program listens to, to which rules hand packets. Files of earlier versions do not have it.</summary>
    public Part<IReadOnlyList<int>> Queues
    {
        get => _queues ?? Part.Absent<IReadOnlyList<int>>(WrittenBefore);
        init => _queues = value;
    }

    /// <summary>
    /// What may get hold of packets outside netfilter: programs of eBPF and filters of tc. Files of earlier versions do not
    /// have it.
    /// </summary>
    public Part<IReadOnlyList<AttachedProgram>> Programs
    {
        get => _programs ?? Part.Absent<IReadOnlyList<AttachedProgram>>(WrittenBefore);
        init => _programs = value;
    }

    /// <summary>Policies of IPsec, which may drop or wrap packets. Files of earlier versions do not have them.</summary>
    public Part<IpsecState> Ipsec
    {
        get => _ipsec ?? Part.Absent<IpsecState>(WrittenBefore);
        init => _ipsec = value;
    }

    /// <summary>Built-in chains of ebtables-legacy. Files of earlier versions do not have them.</summary>
    public Part<IReadOnlyList<EbtablesChain>> Ebtables
    {
        get => _ebtables ?? Part.Absent<IReadOnlyList<EbtablesChain>>(WrittenBefore);
        init => _ebtables = value;
    }

    /// <summary>Settings of the kernel that decide where packets go, by name, such as "net.ipv4.ip_forward".</summary>
    public required Part<IReadOnlyDictionary<string, string>> Sysctls { get; init; }

    /// <summary>Attachments that a container runtime made and did not remove.</summary>
    public required Part<IReadOnlyList<CniAttachment>> CniCache { get; init; }

    /// <summary>Pods that the kubelet keeps logs of.</summary>
    public required Part<IReadOnlyList<PodLogDirectory>> PodLogs { get; init; }
}

/// <summary>Which machine a snapshot is of.</summary>
/// <param name="HostName">Its name.</param>
/// <param name="Kernel">The kernel's release, as uname -r says it.</param>
/// <param name="IsLittleEndian">The byte order of numbers that the kernel keeps in its own: marks in rules, for instance.</param>
public sealed record NodeIdentity(string HostName, string Kernel, bool IsLittleEndian);
