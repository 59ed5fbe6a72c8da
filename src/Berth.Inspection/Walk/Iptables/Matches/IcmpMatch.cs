using System.Globalization;
using System.Net.Sockets;

namespace Berth.Inspection;

/// <summary>Type and code of ICMP and ICMPv6 (struct ipt_icmp, ip6t_icmp).</summary>
/// <param name="IsIPv6">Whether it is ICMPv6.</param>
/// <param name="Type">The type; of ICMP 255 with all codes for any.</param>
/// <param name="FirstCode">The first code that is meant.</param>
/// <param name="LastCode">The last one.</param>
/// <param name="IsInverted">Whether it asks for the others.</param>
internal sealed record IcmpMatch(bool IsIPv6, byte Type, byte FirstCode, byte LastCode, bool IsInverted) : IptablesMatch
{
    private const byte Any = 255;

    internal override string Name => IsIPv6 ? "icmp6" : "icmp";

    internal static IcmpMatch? Parse(RuleOptions options)
    {
        bool isIPv6 = options.Family == AddressFamily.InterNetworkV6;
        // Without options it asks for type 0 of ICMPv6, and for anything of ICMP (icmp_init()).
        IcmpMatch match = new(isIPv6, isIPv6 ? (byte)0 : Any, 0, byte.MaxValue, false);
        while (options.Next())
        {
            if (options.Option is not ("--icmp-type" or "--icmpv6-type"))
            {
                return null;
            }

            string[] parts = options.Word().Split('/');
            byte type = parts[0] == "any" ? Any : byte.Parse(parts[0], CultureInfo.InvariantCulture);
            byte? code = parts.Length > 1 ? byte.Parse(parts[1], CultureInfo.InvariantCulture) : null;
            match = new IcmpMatch(isIPv6, type, code ?? 0, code ?? byte.MaxValue, options.IsInverted);
        }

        return match;
    }

    internal static IcmpMatch? Read(ExtensionStructure s) => s.Is(0, 4)
        ? new IcmpMatch(!s.Context.IsIPv4, s.Byte(0), s.Byte(1), s.Byte(2), (s.Byte(3) & 1) != 0)
        : null;

    internal override void Print(SavedText text)
    {
        bool isAllCodes = FirstCode == 0 && LastCode == byte.MaxValue;
        string type = Type == Any && isAllCodes ? "any" : isAllCodes ? $"{Type}" : $"{Type}/{FirstCode}";
        text.Option(IsInverted, IsIPv6 ? "--icmpv6-type" : "--icmp-type", type);
    }

    internal override MatchAnswer Evaluate(WalkPacket packet, WalkNode node)
    {
        bool isMet = (Type == Any && !IsIPv6)
            || (packet.IcmpType == Type && packet.IcmpCode >= FirstCode && packet.IcmpCode <= LastCode);
        return MatchAnswer.Of(isMet ^ IsInverted);
    }
}
