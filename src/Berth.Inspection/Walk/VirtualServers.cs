using System.Net;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>IPVS: takes packets for a virtual service, and sends them on to one of its servers (ip_vs_in_hook()).</summary>
internal sealed class VirtualServers(WalkNode node)
{
    private const byte Tcp = 6;
    private const byte Syn = 2;

    /// <summary>All ways: one for each server that takes connections.</summary>
    internal List<WalkBranch> Run(WalkBranch branch, NfHook hook)
    {
        WalkPacket packet = branch.Packet;
        if (packet.IsAnswer || packet.IsStolen || packet.IsFromVirtualServer
            || Find(packet) is not IpvsService service || (packet.Protocol == Tcp && (packet.TcpFlags & Syn) == 0))
        {
            return [branch];
        }

        string name = service.Mark != 0 ? $"mark {service.Mark}"
            : $"{EndpointText.Protocol(service.Protocol)} {EndpointText.Of(service.Address!, service.Port)}";
        string? owner = service.Address is null ? null : node.Services.Find(service.Protocol, service.Address, service.Port)?.Service;
        name += owner is null ? "" : $" (Service {owner})";
        List<IpvsServer> servers = [.. service.Servers.Where(static server => server.Weight > 0)];
        double all = servers.Sum(static server => (double)server.Weight);
        if (servers.Count == 0)
        {
            WalkBranch refused = branch.With(branch.Step(WalkStepKind.VirtualServer, "refused: no server takes connections", hook)
                with
            { Rule = name, Owner = owner is null ? null : $"Service {owner}" });
            return [refused.Ended(WalkOutcome.Rejected, $"refused by IPVS: {name} has no server that takes connections")];
        }

        return [.. servers.Select(server => Send(branch, hook, service, (name, owner), server) with
        {
            Probability = branch.Probability * server.Weight / all,
        })];
    }

    /// <summary>The answer of a server gets the virtual service's address again (ip_vs_out_hook(), handle_response()).</summary>
    internal WalkBranch Answer(WalkBranch branch, NfHook hook)
    {
        WalkPacket packet = branch.Packet;
        if (!packet.IsAnswer || packet.VirtualConnection is not VirtualConnection connection || !connection.IsAnsweredBy(packet))
        {
            return branch;
        }

        WalkPacket answer = packet with { Source = connection.Service, SourcePort = connection.ServicePort, VirtualConnection = null };
        WalkBranch changed = branch with { Packet = TracksConnections ? answer : answer with { State = WalkState.Untracked, Original = null, Reply = null } };
        return changed.With(changed.Step(
            WalkStepKind.VirtualServer, $"source becomes {EndpointText.Of(connection.Service, connection.ServicePort)} again", hook));
    }

    private bool TracksConnections => (node.Sysctl("net.ipv4.vs.conntrack") ?? 0) != 0;

    private WalkBranch Send(WalkBranch branch, NfHook hook, IpvsService service, (string Name, string? Owner) who, IpvsServer server)
    {
        WalkPacket packet = branch.Packet;
        bool isLocal = node.IsLocal(server.Address);
        bool rewrites = server.Forwarding == "Masq" || (isLocal && server.Forwarding == "Local" && service.Mark == 0);
        ushort port = server.Port == 0 ? packet.DestinationPort : server.Port;
        WalkPacket sent = rewrites
            ? packet with
            {
                Destination = server.Address,
                DestinationPort = port,
                VirtualConnection = new VirtualConnection(
                    packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort, server.Address, port),
            }
            : packet;
        if (packet.Reply is WalkTuple reply && rewrites && TracksConnections)
        {
            sent = sent with { Reply = reply with { Source = server.Address, SourcePort = port } };
        }
        else if (rewrites)
        {
            // ip_vs_notrack()
            sent = sent with { State = WalkState.Untracked, Original = null, Reply = null };
        }

        WalkBranch taken = branch with { Packet = sent with { IsStolen = !isLocal, IsFromVirtualServer = true } };
        WalkStep step = taken.Step(
            WalkStepKind.VirtualServer,
            rewrites ? $"destination becomes {EndpointText.Of(server.Address, port)}" : $"sent as it is to {server.Address} ({server.Forwarding})",
            hook) with
        {
            Rule = $"{who.Name} {service.Scheduler} -> {EndpointText.Of(server.Address, port)} weight {server.Weight}",
            Owner = who.Owner is null ? null : $"Service {who.Owner}",
        };
        return (taken with { VirtualServer = isLocal ? null : server }).With(step);
    }

    private IpvsService? Find(WalkPacket packet)
    {
        IReadOnlyList<IpvsService> services = node.Snapshot.Ipvs.Value ?? [];
        return services.FirstOrDefault(service => service.Mark != 0 && service.Mark == packet.Mark)
            ?? services.FirstOrDefault(service => IsOf(service, packet) && service.Port == packet.DestinationPort)
            ?? services.FirstOrDefault(service => IsOf(service, packet) && service.Port == 0);
    }

    private static bool IsOf(IpvsService service, WalkPacket packet) =>
        service.Address is IPAddress address && service.Protocol == packet.Protocol && address.Equals(packet.Destination);
}
