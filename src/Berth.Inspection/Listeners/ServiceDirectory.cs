using System.Net;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// Names Services where the kernel does not: IPVS keeps no names, and kube-proxy's nftables mode no difference between an
/// external address and a load balancer's, unless source ranges limit it (firewall-ips).
/// </summary>
internal sealed class ServiceDirectory
{
    private readonly Dictionary<(byte, IPAddress?, ushort), DeclaredServicePort> _declared = [];
    private readonly HashSet<(byte, IPAddress, ushort)> _limited = [];

    internal ServiceDirectory(NodeSnapshot snapshot, IReadOnlyList<DeclaredServicePort>? declared)
    {
        foreach (DeclaredServicePort port in declared ?? [])
        {
            _declared.TryAdd((port.Protocol, port.Address, port.Port), port);
        }

        foreach (RulesetTable table in snapshot.NfTables.Value?.Tables ?? [])
        {
            if (table is { Name: "kube-proxy", Family: NfFamily.Ip or NfFamily.Ip6 })
            {
                AddLimited(table.Sets.FirstOrDefault(static set => set.Name == "firewall-ips"), table.Family == NfFamily.Ip ? 4 : 16);
            }
        }
    }

    /// <summary>What a manifest says of an address and port: the Service that has the address, or else has it as a NodePort.</summary>
    internal DeclaredServicePort? Find(byte protocol, IPAddress address, ushort port) =>
        _declared.GetValueOrDefault((protocol, address, port)) ?? _declared.GetValueOrDefault((protocol, null, port));

    /// <summary>A listener of kube-proxy with the Service's name and what kind of address it is, as far as that is known.</summary>
    internal Listener Named(Listener listener)
    {
        if (!listener.Source.StartsWith("kube-proxy ", StringComparison.Ordinal) || listener.Ports is not { } ports || ports.First != ports.Last)
        {
            return listener;
        }

        bool isNodePort = listener.Kind == ListenerKind.NodePort;
        DeclaredServicePort? declared = isNodePort && listener.IsAnyAddress
            ? _declared.GetValueOrDefault((listener.Protocol, null, ports.First))
            : Find(listener.Protocol, listener.Address, ports.First);
        if (declared is null || (listener.Owner.Service is string known && known != declared.Service))
        {
            return listener.Kind == ListenerKind.ExternalIP && _limited.Contains((listener.Protocol, listener.Address, ports.First))
                ? listener with { Kind = ListenerKind.LoadBalancer }
                : listener;
        }

        return listener with { Kind = declared.Kind, Owner = listener.Owner with { Service = declared.Service } };
    }

    // Keys: address, protocol and port, each in a register of its own.
    private void AddLimited(RulesetSet? set, int length)
    {
        foreach (Element element in set?.Elements ?? [])
        {
            ReadOnlySpan<byte> key = element.Key.Bytes;
            if (key.Length == length + 8)
            {
                _limited.Add((key[length], new IPAddress(key[..length]), (ushort)((key[length + 4] << 8) | key[length + 5])));
            }
        }
    }
}
