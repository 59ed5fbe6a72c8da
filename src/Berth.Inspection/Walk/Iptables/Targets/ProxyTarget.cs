using System.Net;
using System.Net.Sockets;

namespace Berth.Inspection;

/// <summary>Gives the packet to a socket of the node without rewriting it (TPROXY; struct xt_tproxy_target_info and _v1).</summary>
/// <param name="Family">IPv4 or IPv6.</param>
/// <param name="Address">The address that the socket listens on; all zeros for the inbound link's.</param>
/// <param name="Port">The port; 0 for the packet's.</param>
/// <param name="Mark">What the mark becomes.</param>
/// <param name="MarkMask">The bits of the mark that are replaced.</param>
internal sealed record ProxyTarget(AddressFamily Family, UInt128 Address, ushort Port, uint Mark, uint MarkMask) : IptablesTarget
{
    private const byte Tcp = 6;
    private const byte Udp = 17;

    internal static ProxyTarget? Parse(RuleOptions options)
    {
        ProxyTarget target = new(options.Family, 0, 0, 0, 0);
        while (options.Next())
        {
            switch (options.Option)
            {
                case "--on-port":
                    target = target with { Port = options.Short() };
                    break;
                case "--on-ip":
                    target = target with { Address = AddressBits.Of(IPAddress.Parse(options.Word())) };
                    break;
                case "--tproxy-mark":
                    (uint value, uint mask) = options.Masked();
                    target = target with { Mark = value, MarkMask = mask };
                    break;
                default:
                    return null;
            }
        }

        return target;
    }

    internal static ProxyTarget? Read(ExtensionStructure s)
    {
        if (s.Is(0, 14) && s.Context.IsIPv4)
        {
            return new ProxyTarget(s.Context.Family, AddressBits.Of(s.Slice(8, 4)), s.NetworkUInt16(12), s.UInt32(4), s.UInt32(0));
        }

        return s.Is(1, 26)
            ? new ProxyTarget(s.Context.Family, s.Address(8), s.NetworkUInt16(24), s.UInt32(4), s.UInt32(0))
            : null;
    }

    internal override void Print(SavedText text)
    {
        text.Word("-j").Word("TPROXY").Option("--on-port", Port);
        text.Option(false, "--on-ip", AddressBits.ToAddress(Family, Address).ToString());
        text.Option(false, "--tproxy-mark", $"{SavedText.Hex(Mark)}/{SavedText.Hex(MarkMask)}");
    }

    /// <summary>tproxy_tg4(): without a socket the packet is dropped.</summary>
    internal override RuleOutcome Apply(WalkPacket packet, WalkNode node)
    {
        if (packet.Protocol is not (Tcp or Udp))
        {
            return new RuleOutcome(packet, WalkVerdict.Drop);
        }

        ushort port = Port == 0 ? packet.DestinationPort : Port;
        string where = $"the socket on port {port}";
        WalkPacket proxied = packet with { Mark = (packet.Mark & ~MarkMask) ^ Mark, IsProxied = true, ProxyPort = port };
        bool? isTransparent = LocalSockets.Of(node, proxied)?.IsTransparent;
        if (node.Snapshot.Sockets.Value is not null && LocalSockets.Of(node, proxied) is null)
        {
            return new RuleOutcome(packet, WalkVerdict.Drop) { Effect = $"dropped, for nothing listens on port {port}," };
        }

        if (isTransparent == false)
        {
            return new RuleOutcome(packet, WalkVerdict.Drop) { Effect = $"dropped, for {where} is not transparent," };
        }

        return new RuleOutcome(proxied, WalkVerdict.Proxied)
        {
            Effect = $"gives the packet to {where}",
            Assumption = isTransparent is null ? new WalkAssumption($"TPROXY: {where} is transparent", true) : null,
        };
    }
}
