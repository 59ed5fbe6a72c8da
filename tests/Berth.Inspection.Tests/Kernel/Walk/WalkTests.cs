using System.Net;
using Berth.Netlink.Sockets;

namespace Berth.Inspection.Tests.Kernel.Walk;

/// <summary>Walks through rulesets that nft or iptables wrote into a namespace of their own.</summary>
public abstract class WalkTests : KernelTests
{
    protected WalkTests()
    {
        Tool.Try("ip", ["route", "flush", "root", "203.0.113.0/24"]);
        Tool.Try("ip", ["rule", "delete", "fwmark", "0x10"]);
        Tool.Try("ip", ["route", "flush", "table", "100"]);
        MakeLink("eth0", "192.0.2.1/24", "2001:db8:1::1/64");
        MakeLink("cni0", "10.1.0.1/24", "fd00:1::1/64");
        Tool.Run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.cni0.route_localnet=1");
        // Bridges without ports stand for links here.
        Tool.Try("sysctl", ["-qw", "net.bridge.bridge-nf-call-iptables=0", "net.bridge.bridge-nf-call-ip6tables=0"]);
    }

    /// <summary>The namespace, with sockets and attachments as said.</summary>
    internal static NodeSnapshot Node(params DiagnosedSocket[] sockets) => Read() with
    {
        Sockets = Part.Of<IReadOnlyList<DiagnosedSocket>>(sockets),
        CniCache = Part.Of<IReadOnlyList<CniAttachment>>(
        [
            new("podnet", "web0", "eth0", "/run/netns/web", true, [IPAddress.Parse("10.1.0.2"), IPAddress.Parse("fd00:1::2")], "shop", "web"),
            new("podnet", "db0", "eth0", "/run/netns/db", true, [IPAddress.Parse("10.1.0.3")], "shop", "db"),
        ]),
    };

    internal static DiagnosedSocket Listening(byte protocol, string address, ushort port) =>
        new(protocol, protocol == 6 ? (byte)10 : (byte)7, IPAddress.Parse(address), port, IPAddress.Any, 0, 0, 0, port) { IsIPv6Only = true };

    internal static WalkQuestion To(string destination, ushort port, byte protocol = 6) =>
        new(protocol, IPAddress.Parse(destination)) { DestinationPort = port };

    /// <summary>The only way of a packet.</summary>
    internal static WalkWay Way(NodeSnapshot node, WalkQuestion question) => Assert.Single(PacketWalk.Explain(node, question).Ways);

    internal static string End(NodeSnapshot node, WalkQuestion question) => Way(node, question).End.Text;

    internal static string Steps(WalkWay way) => string.Join('\n', way.Steps.Select(static step =>
        $"{step.Hook?.ToString().ToLowerInvariant() ?? "-"} {step.Table} {step.Chain}".TrimEnd() + $": {step.Effect}"));
}
