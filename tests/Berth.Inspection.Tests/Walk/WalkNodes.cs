using System.Net;
using Berth.Inspection.Tests.Walk.Iptables;
using Berth.Netlink.Route;

namespace Berth.Inspection.Tests.Walk;

/// <summary>The test node with rules of iptables-legacy, virtual servers, pods and settings.</summary>
internal static class WalkNodes
{
    /// <summary>Forwards, and knows pod shop/web at 10.1.0.2 and shop/db at 10.1.0.3.</summary>
    internal static NodeSnapshot Of(string save = "", params (string Name, string Value)[] settings)
    {
        Dictionary<string, string> sysctls = new()
        {
            ["net.ipv4.ip_forward"] = "1",
            ["net.ipv4.conf.eth0.forwarding"] = "1",
            ["net.ipv4.conf.cni0.forwarding"] = "1",
        };
        foreach ((string name, string value) in settings)
        {
            sysctls[name] = value;
        }

        return TestNode.Snapshot with
        {
            Sysctls = Part.Of<IReadOnlyDictionary<string, string>>(sysctls),
            LegacyIptables = Part.Of<IReadOnlyList<LegacyTables>>([new(false, ["nat", "filter"], save)]),
            CniCache = Part.Of<IReadOnlyList<CniAttachment>>(
            [
                new("podnet", "web0", "eth0", "/run/netns/web", true, [IPAddress.Parse("10.1.0.2")], "shop", "web"),
                new("podnet", "db0", "eth0", "/run/netns/db", true, [IPAddress.Parse("10.1.0.3")], "shop", "db"),
            ]),
        };
    }

    /// <summary>With two ports of the bridge.</summary>
    internal static NodeSnapshot WithPorts(this NodeSnapshot node) => node with
    {
        Links = Part.Of<IReadOnlyList<Link>>(
        [
            .. node.Links.Value!,
            new(10, "veth1", LinkFlags.Up, "veth", 1500, 3, 2, 1, default),
            new(11, "veth2", LinkFlags.Up, "veth", 1500, 3, 2, 2, default),
        ]),
    };

    internal static WalkQuestion To(string destination, ushort port) => new(6, IPAddress.Parse(destination)) { DestinationPort = port };

    internal static string Outcome(WalkAnswer answer) => string.Join(" | ", answer.Ways.Select(static way =>
        FormattableString.Invariant($"{way.Probability:0.##} {way.End.Text}")));
}
