using System.Net;
using System.Net.Sockets;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Loopback addresses that are reachable from outside, or lost.</summary>
internal static class LoopbackFindings
{
    private const string Prefix = "net.ipv4.conf.";
    private const string Suffix = ".route_localnet";
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const int MostPorts = 16;
    private const ushort AnyPort = 9;

    internal static IEnumerable<Finding> Find(FindingInput input) =>
        Guardless(input.Snapshot).Concat(RewrittenLoopback(input));

    private static IEnumerable<Finding> Guardless(NodeSnapshot snapshot)
    {
        // Where rules could not be read, a guard may be among them.
        if (snapshot.NfTables.Status == PartStatus.Unreadable || snapshot.LegacyIptables.Status == PartStatus.Unreadable)
        {
            yield break;
        }

        foreach ((string name, string value) in snapshot.Sysctls.Value ?? new Dictionary<string, string>())
        {
            if (value == "1" && name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal)
                && name[Prefix.Length..^Suffix.Length] is not ("lo" or "default") and var link && !IsGuarded(snapshot, link))
            {
                yield return new Finding(
                    "loopback-unguarded", FindingSeverity.Error,
                    $"who is on the link {link} can reach what listens on 127.0.0.1 of this node",
                    [$"{name} = 1", "no rule drops what comes from outside for 127.0.0.0/8"],
                    $"Set {name} to 0, or drop it: iptables -t raw -A PREROUTING ! -i lo -d 127.0.0.0/8 -j DROP");
            }
        }
    }

    // Of all ports a guard is one, so some are enough; those that a process listens on are the ones that matter.
    private static bool IsGuarded(NodeSnapshot snapshot, string link) => new[] { Tcp, Udp }.All(protocol =>
        (snapshot.Sockets.Value ?? [])
            .Where(socket => socket.Protocol == protocol)
            .Select(static socket => (Address: IPAddress.IsLoopback(socket.Local)
                && socket.Local.AddressFamily == AddressFamily.InterNetwork ? socket.Local : IPAddress.Loopback, Port: socket.LocalPort))
            .Distinct().Take(MostPorts).Append((Address: IPAddress.Loopback, Port: AnyPort))
            .All(place => IsDropped(snapshot, link, protocol, place.Address, place.Port)));

    // What a rule drops or rejects; where nobody listens the kernel refuses too, and that guards nothing.
    private static bool IsDropped(NodeSnapshot snapshot, string link, byte protocol, IPAddress address, ushort port)
    {
        try
        {
            WalkAnswer answer = PacketWalk.Explain(snapshot, new WalkQuestion(protocol, address)
            {
                DestinationPort = port,
                Origin = WalkOrigin.Outside,
                Interface = link,
            });
            return answer.Ways.All(static way => way.End.Outcome is WalkOutcome.Dropped or WalkOutcome.Rejected
                && way.Steps[^1].Kind is WalkStepKind.Rule or WalkStepKind.Policy);
        }
        catch (WalkException)
        {
            // Nobody can come in by a link that is not there.
            return true;
        }
    }

    private static IEnumerable<Finding> RewrittenLoopback(FindingInput input)
    {
        HashSet<string> seen = [];
        foreach (NatMapping mapping in input.Mappings)
        {
            Selection selection = mapping.Selection;
            if (mapping.Hook != NfHook.Output || selection.Family != AddressFamily.InterNetworkV6 || !selection.IsLocal
                || selection.Destination is not null || mapping.IsConditional || mapping.IsRedirect
                || mapping.Exclusions.Any(static item => item is { Protocol: null, Ports: null, Destination: IPNetwork network }
                    && network.Contains(IPAddress.IPv6Loopback)))
            {
                continue;
            }

            MappingIdentity identity = MappingIdentity.Of(mapping);
            string port = selection.Ports is { } ports ? $"{ports.First}" : "every port";
            if (seen.Add($"{identity.Owner.Name} {port}"))
            {
                yield return new Finding(
                    "ipv6-loopback-rewritten", FindingSeverity.Error,
                    $"[::1]:{port} is rewritten to a pod ({identity.Owner.Name}), which it cannot reach: IPv6 has no route_localnet",
                    [$"rule of {identity.Source} in {mapping.Table} {mapping.Path[0]}"],
                    "Use a portmap plugin that leaves ::1 alone.");
            }
        }
    }
}
