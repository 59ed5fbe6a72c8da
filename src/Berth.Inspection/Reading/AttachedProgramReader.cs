using Berth.Netlink;
using Berth.Netlink.Route;
using Microsoft.Win32.SafeHandles;

namespace Berth.Inspection;

/// <summary>
/// Finds what gets hold of packets outside netfilter: XDP and filters of tc by rtnetlink, programs of tcx and netkit, those that
/// choose sockets, and those of control groups by bpf(2).
/// </summary>
internal static class AttachedProgramReader
{
    private static readonly (uint Type, ProgramPlace Place, string Kind, bool? IsIPv6)[] OfGroups =
    [
        (Interop.BPF_CGROUP_INET_INGRESS, ProgramPlace.GroupIngress, "cgroup_skb/ingress", null),
        (Interop.BPF_CGROUP_INET_EGRESS, ProgramPlace.GroupEgress, "cgroup_skb/egress", null),
        (Interop.BPF_CGROUP_INET4_CONNECT, ProgramPlace.Connect, "cgroup/connect4", false),
        (Interop.BPF_CGROUP_INET6_CONNECT, ProgramPlace.Connect, "cgroup/connect6", true),
        (Interop.BPF_CGROUP_UDP4_SENDMSG, ProgramPlace.Send, "cgroup/sendmsg4", false),
        (Interop.BPF_CGROUP_UDP6_SENDMSG, ProgramPlace.Send, "cgroup/sendmsg6", true),
    ];

    internal static Part<IReadOnlyList<AttachedProgram>> Read()
    {
        List<AttachedProgram> programs = [];
        using RouteConnection route = RouteConnection.Open();
        IReadOnlyList<Link> links = route.Links();
        foreach (Link link in links)
        {
            if (link.XdpProgram is uint id)
            {
                programs.Add(new AttachedProgram(ProgramPlace.LinkIngress, "XDP") { Id = id, Name = BpfPrograms.NameOf(id), Link = link.Name });
            }
        }

        ReadFilters(route, links, programs);
        try
        {
            ReadLinkPrograms(links, programs);
            ReadNamespacePrograms(programs);
            ReadGroupPrograms(programs);
        }
        catch (UnauthorizedAccessException)
        {
            return new Part<IReadOnlyList<AttachedProgram>>(
                PartStatus.Unreadable, programs, $"{PartReader.NeedsRoot} (CAP_NET_ADMIN in the first user namespace)");
        }
        catch (IOException e)
        {
            return new Part<IReadOnlyList<AttachedProgram>>(PartStatus.Unreadable, programs, $"those of control groups: {e.Message}");
        }

        return Part.Of<IReadOnlyList<AttachedProgram>>(programs);
    }

    private static void ReadFilters(RouteConnection route, IReadOnlyList<Link> links, List<AttachedProgram> programs)
    {
        Dictionary<int, Link> byIndex = links.ToDictionary(static link => link.Index);
        foreach (QueueingDiscipline discipline in route.QueueingDisciplines())
        {
            if (!discipline.IsForFilters || byIndex.GetValueOrDefault(discipline.LinkIndex) is not Link link)
            {
                continue;
            }

            foreach (bool isEgress in (ReadOnlySpan<bool>)[false, true])
            {
                if (isEgress && discipline.Kind == "ingress")
                {
                    continue;
                }

                // Some kinds say one filter in several messages.
                programs.AddRange(route.TrafficFilters(link.Index, isEgress).Distinct().Select(filter =>
                    new AttachedProgram(isEgress ? ProgramPlace.LinkEgress : ProgramPlace.LinkIngress, $"tc {filter.Kind}")
                    {
                        Id = filter.ProgramId,
                        Name = filter.ProgramName,
                        Link = link.Name,
                    }));
            }
        }
    }

    private static void ReadLinkPrograms(IReadOnlyList<Link> links, List<AttachedProgram> programs)
    {
        foreach (Link link in links)
        {
            Add(link, Interop.BPF_TCX_INGRESS, ProgramPlace.LinkIngress, "tcx");
            Add(link, Interop.BPF_TCX_EGRESS, ProgramPlace.LinkEgress, "tcx");
            if (link.Kind == "netkit")
            {
                Add(link, Interop.BPF_NETKIT_PRIMARY, ProgramPlace.LinkEgress, "netkit");
                Add(link, Interop.BPF_NETKIT_PEER, ProgramPlace.LinkIngress, "netkit");
            }
        }

        void Add(Link link, uint type, ProgramPlace place, string kind)
        {
            foreach (uint id in BpfPrograms.At(link.Index, type) ?? [])
            {
                programs.Add(new AttachedProgram(place, kind) { Id = id, Name = BpfPrograms.NameOf(id), Link = link.Name });
            }
        }
    }

    private static void ReadNamespacePrograms(List<AttachedProgram> programs)
    {
        using NetworkNamespace space = NetworkNamespace.OpenCurrent();
        foreach (uint id in BpfPrograms.At((int)space.Handle.DangerousGetHandle(), Interop.BPF_SK_LOOKUP) ?? [])
        {
            programs.Add(new AttachedProgram(ProgramPlace.SocketLookup, "sk_lookup") { Id = id, Name = BpfPrograms.NameOf(id) });
        }
    }

    private static void ReadGroupPrograms(List<AttachedProgram> programs)
    {
        foreach ((string path, string directory) in ControlGroups.All())
        {
            // Negative when it is gone: the kernel knows no such descriptor.
            using SafeFileHandle group = new(Interop.open(directory, Interop.O_RDONLY | Interop.O_CLOEXEC), ownsHandle: true);
            foreach ((uint type, ProgramPlace place, string kind, bool? isIPv6) in OfGroups)
            {
                foreach (uint id in BpfPrograms.At((int)group.DangerousGetHandle(), type, withInherited: path == "/") ?? [])
                {
                    programs.Add(new AttachedProgram(place, kind)
                    {
                        Id = id,
                        Name = BpfPrograms.NameOf(id),
                        Cgroup = path,
                        IsIPv6 = isIPv6,
                    });
                }
            }
        }
    }
}
