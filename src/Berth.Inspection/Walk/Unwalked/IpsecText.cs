using System.Globalization;
using System.Text;
using Berth.Netlink.Xfrm;

namespace Berth.Inspection;

/// <summary>A policy of IPsec as ip-xfrm(8) takes it.</summary>
internal static class IpsecText
{
    internal static string Of(XfrmPolicy policy, string? link)
    {
        StringBuilder text = new("ip xfrm policy");
        text.Append(CultureInfo.InvariantCulture, $" src {policy.Source}/{policy.SourcePrefixLength} dst {policy.Destination}/{policy.DestinationPrefixLength}");
        if (policy.Protocol != 0)
        {
            text.Append(" proto ").Append(EndpointText.Protocol(policy.Protocol) is var name && name.Contains(' ', StringComparison.Ordinal)
                ? policy.Protocol.ToString(CultureInfo.InvariantCulture) : name);
        }

        text.Append(policy.SourcePortMask == 0 ? "" : $" sport {policy.SourcePort}");
        text.Append(policy.DestinationPortMask == 0 ? "" : $" dport {policy.DestinationPort}");
        text.Append(policy.LinkIndex == 0 ? "" : $" dev {link ?? $"{policy.LinkIndex}"}");
        text.Append(" dir ").Append(Direction(policy.Direction));
        text.Append(policy.IsSubPolicy ? " ptype sub" : "");
        text.Append(policy.IsBlocking ? " action block" : "");
        text.Append(policy.MarkMask == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" mark 0x{policy.Mark:x} mask 0x{policy.MarkMask:x}"));
        text.Append(policy.InterfaceId == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" if_id {policy.InterfaceId}"));
        text.Append(policy.IsBlocking || policy.Templates == 0 ? "" : " tmpl ...");
        return text.ToString();
    }

    internal static string OfDefault(XfrmDirection direction) => $"ip xfrm policy default {Direction(direction)} block";

    private static string Direction(XfrmDirection direction) => direction switch
    {
        XfrmDirection.In => "in",
        XfrmDirection.Out => "out",
        _ => "fwd",
    };
}
