namespace Berth.Inspection;

/// <summary>Where a program outside netfilter gets hold of packets.</summary>
public enum ProgramPlace
{
    /// <summary>What comes in by a link, before all hooks.</summary>
    LinkIngress = 1,

    /// <summary>What goes out by a link, after all hooks.</summary>
    LinkEgress = 2,

    /// <summary>Which socket gets what is delivered here.</summary>
    SocketLookup = 3,

    /// <summary>Where the processes of a control group connect to.</summary>
    Connect = 4,

    /// <summary>Where the processes of a control group send datagrams to.</summary>
    Send = 5,

    /// <summary>What the sockets of a control group receive.</summary>
    GroupIngress = 6,

    /// <summary>What the sockets of a control group send.</summary>
    GroupEgress = 7,
}

/// <summary>
/// A program outside netfilter that may drop, rewrite or redirect packets: one of eBPF, or another filter of tc(8). That it is
/// there is known, and what it does is not.
/// </summary>
/// <param name="Place">Where it gets hold of packets.</param>
/// <param name="Kind">What it is: "XDP", "tcx", "netkit", "tc bpf", "tc flower", "sk_lookup", "cgroup/connect4".</param>
public sealed record AttachedProgram(ProgramPlace Place, string Kind)
{
    /// <summary>The kernel's number for it; null for what is no program of eBPF.</summary>
    public uint? Id { get; init; }

    /// <summary>The name that it was loaded by, or null.</summary>
    public string? Name { get; init; }

    /// <summary>The link's name; null for what is of no link.</summary>
    public string? Link { get; init; }

    /// <summary>The control group's path from the root of its hierarchy, "/" for all; null for what is of none.</summary>
    public string? Cgroup { get; init; }

    /// <summary>Whether it is for IPv6 and nothing else; null for what is for both families.</summary>
    public bool? IsIPv6 { get; init; }

    /// <summary>In words: "tc bpf cil_from_netdev (9) of eth0, ingress".</summary>
    public override string ToString()
    {
        string name = (Name, Id) switch
        {
            (null, null) => "",
            ({ } known, null) => $" {known}",
            (null, uint id) => $" program {id}",
            ({ } known, uint id) => $" {known} ({id})",
        };
        string place = Link is not null ? $" of {Link}" : Cgroup is not null ? $" of cgroup {Cgroup}" : "";
        string direction = Place switch
        {
            _ when Link is null || Kind == "XDP" => "",
            ProgramPlace.LinkIngress => ", ingress",
            _ => ", egress",
        };
        return Kind + name + place + direction;
    }
}
