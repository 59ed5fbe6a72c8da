using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;
using Berth.Netlink.Sockets;

namespace Berth.Inspection;

/// <summary>Sockets as listeners, each process once for an address and port.</summary>
internal static class SocketListeners
{
    internal static IEnumerable<Listener> Of(NodeSnapshot snapshot, PodDirectory pods)
    {
        Dictionary<uint, ProcessState> holders = [];
        foreach (ProcessState process in snapshot.Processes.Value ?? [])
        {
            foreach (uint inode in process.Sockets)
            {
                // The eldest: its children inherited it.
                if (!holders.TryGetValue(inode, out ProcessState? other) || process.ProcessId < other.ProcessId)
                {
                    holders[inode] = process;
                }
            }
        }

        Dictionary<int, string> links = [];
        foreach (Link link in snapshot.Links.Value ?? [])
        {
            links.TryAdd(link.Index, link.Name);
        }

        HashSet<Listener> seen = [];
        foreach (DiagnosedSocket socket in snapshot.Sockets.Value ?? [])
        {
            ProcessState? process = holders.GetValueOrDefault(socket.Inode);
            (string? pod, string? container) = pods.OfCgroup(process?.Cgroup);
            bool isIPv6 = socket.Local.AddressFamily == AddressFamily.InterNetworkV6;
            Listener listener = new()
            {
                Kind = ListenerKind.Socket,
                Protocol = socket.Protocol,
                Address = socket.Local,
                IsBothFamilies = isIPv6 && socket.Local.Equals(IPAddress.IPv6Any) && socket.IsIPv6Only == false,
                Ports = new PortInterval(socket.LocalPort, socket.LocalPort),
                Source = "kernel",
                Owner = new ListenerOwner
                {
                    Pod = pod,
                    Container = container,
                    Process = process?.Name,
                    ProcessId = process?.ProcessId,
                },
                Interface = socket.Interface == 0 ? null : links.GetValueOrDefault(socket.Interface) ?? $"if{socket.Interface}",
                IsConditional = socket.Interface != 0,
            };
            // A server may have several sockets on one port (SO_REUSEPORT).
            if (seen.Add(listener))
            {
                yield return listener;
            }
        }
    }
}
