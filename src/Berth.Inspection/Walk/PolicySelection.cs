using System.Net;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>Whether a policy rule speaks of a packet (fib_rule_match()).</summary>
internal static class PolicySelection
{
    internal const byte ActionTable = 1; // FR_ACT_TO_TBL
    internal const byte ActionGoTo = 2;
    internal const byte ActionBlackhole = 6;
    internal const byte ActionUnreachable = 7;
    internal const byte ActionProhibit = 8;

    private const uint Inverted = 2; // FIB_RULE_INVERT

    internal static Certainty Selects(PolicyRule rule, RouteQuestion question)
    {
        bool matches = Matches(rule, question);
        if (matches && rule.UnknownAttributes.Count > 0)
        {
            return Certainty.Unknown;
        }

        return matches != ((rule.Flags & Inverted) != 0) ? Certainty.Yes : Certainty.No;
    }

    private static bool Matches(PolicyRule rule, RouteQuestion question) =>
        (rule.InputInterface is null || rule.InputInterface == question.Input)
        && (rule.OutputInterface is null || rule.OutputInterface == question.Output)
        && ((rule.Mark ?? 0) ^ (question.Mark & (rule.MarkMask ?? (rule.Mark is null ? 0 : uint.MaxValue)))) == 0
        && IsOf(rule.Source, rule.SourcePrefixLength, question.Source)
        && IsOf(rule.Destination, rule.DestinationPrefixLength, question.Destination)
        && (rule.TypeOfService == 0)
        && (rule.Protocol is null || rule.Protocol == question.Protocol)
        && IsOf(rule.SourcePorts, question.SourcePort)
        && IsOf(rule.DestinationPorts, question.DestinationPort);

    private static bool IsOf(PortInterval? ports, ushort port) => ports is null || (ports.First <= port && port <= ports.Last);

    // A source that is not chosen yet is 0.0.0.0 to the kernel.
    private static bool IsOf(IPAddress? network, int prefixLength, IPAddress? address) =>
        network is null || prefixLength == 0
        || (address is not null && address.AddressFamily == network.AddressFamily
            && new IPNetwork(Truncated(network, prefixLength), prefixLength).Contains(address));

    private static IPAddress Truncated(IPAddress network, int prefixLength)
    {
        byte[] bytes = network.GetAddressBytes();
        for (int bit = prefixLength; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)((0x80 >> (bit % 8)) ^ byte.MaxValue);
        }

        return new IPAddress(bytes);
    }
}
