using System.Net.Sockets;

namespace Berth.Inspection;

/// <summary>Drops the packet and tells its sender (struct ipt_reject_info, ip6t_reject_info).</summary>
/// <param name="With">What the sender is told, as iptables names it.</param>
internal sealed record RejectTarget(string With) : IptablesTarget
{
    // enum ipt_reject_with and ip6t_reject_with.
    private static readonly string[] OfIPv4 =
    [
        "icmp-net-unreachable", "icmp-host-unreachable", "icmp-proto-unreachable", "icmp-port-unreachable", "echo-reply",
        "icmp-net-prohibited", "icmp-host-prohibited", "tcp-reset", "icmp-admin-prohibited",
    ];

    private static readonly string[] OfIPv6 =
    [
        "icmp6-no-route", "icmp6-adm-prohibited", "icmp6-not-neighbour", "icmp6-addr-unreachable", "icmp6-port-unreachable",
        "echo-reply", "tcp-reset", "icmp6-policy-fail", "icmp6-reject-route",
    ];

    internal static RejectTarget? Parse(RuleOptions options)
    {
        string with = options.Family == AddressFamily.InterNetwork ? "icmp-port-unreachable" : "icmp6-port-unreachable";
        while (options.Next())
        {
            if (options.Option != "--reject-with")
            {
                return null;
            }

            with = options.Word();
        }

        return new RejectTarget(with);
    }

    internal static RejectTarget? Read(ExtensionStructure s)
    {
        string[] names = s.Context.IsIPv4 ? OfIPv4 : OfIPv6;
        return s.Is(0, 4) && s.UInt32(0) < names.Length ? new RejectTarget(names[s.UInt32(0)]) : null;
    }

    internal override void Print(SavedText text) => text.Word("-j").Word("REJECT").Option(false, "--reject-with", With);

    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node) =>
        new(packet, WalkVerdict.Reject) { Effect = $"rejected with {With}" };
}
