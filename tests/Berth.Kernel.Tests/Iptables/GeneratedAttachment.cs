using System.Net;
using System.Text.Json;
using Berth.Kernel.Tests.Plugin;
using Berth.Kernel.Tests.Topology;

namespace Berth.Kernel.Tests.Iptables;

/// <summary>
/// A configuration out of all that the iptables backend knows, and a container's mappings. Left out is only what Berth
/// refuses on purpose, and what it does otherwise on purpose: one port for two containers, one mapping twice.
/// </summary>
internal sealed class GeneratedAttachment
{
    /// <summary>A chain that exists on the node.</summary>
    internal const string ExternalChain = "SOMEBODYS-MARK";

    private static readonly string[][] ConditionsV4 =
    [
        ["-s", "10.9.0.0/16"],
        ["!", "-d", "192.0.2.0/24"],
        ["-d", "192.0.2.1,192.0.2.2"],
        ["!", "-i", "docker0", "-m", "mark", "!", "--mark", "0x1/0x1"],
        ["-m", "comment", "--comment", "with \"quotes\", a \\ and spaces"],
        ["-m", "conntrack", "--ctstate", "NEW"],
    ];

    private static readonly string[][] ConditionsV6 =
    [
        ["-s", "2001:db8:9::/48"],
        ["!", "--source", "fd00:1::7"],
        ["-m", "comment", "--comment", "simple"],
    ];

    private readonly Random _random;

    internal GeneratedAttachment(int seed, int number)
    {
        _random = new Random((seed * 16) + number);
        Network = Pick("podnet", "a", "net_with.many-signs", new string('n', 120));
        ContainerId = $"{number}-{seed}-" + Pick("c", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            new string('x', 160));
        bool both = Chance(60);
        IPv4 = both || Chance(50) ? IPAddress.Parse(Pick("10.1.0.2", "10.1.7.9", "172.16.255.254")) : null;
        IPv6 = both || IPv4 is null ? IPAddress.Parse(Pick("fd00:1::2", "2001:db8:ffff:ffff:1:2:3:4")) : null;
        Keys = MakeKeys();
        Mappings = MakeMappings(firstPort: number * 20_000);
    }

    private string Network { get; }

    private string ContainerId { get; }

    private IPAddress? IPv4 { get; }

    private IPAddress? IPv6 { get; }

    private Dictionary<string, string> Keys { get; }

    internal IReadOnlyList<PortMapping> Mappings { get; }

    /// <summary>The attachment on a node, for one of the plugins.</summary>
    internal Attachment On(Host node, Host sandbox, Toolset toolset, string program)
    {
        Attachment attachment = new()
        {
            Node = node,
            ContainerId = ContainerId,
            NetnsPath = sandbox.NetnsPath,
            Network = Network,
            IPv4 = IPv4,
            IPv6 = IPv6,
            Program = program,
        };
        return Keys.Aggregate(attachment.On(toolset), static (with, key) => with.With(key.Key, key.Value));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Network} {ContainerId} {IPv4} {IPv6} {string.Join(' ', Keys)} {string.Join(' ', Mappings.Select(m => m.ToJson().ToJsonString()))}";

    private Dictionary<string, string> MakeKeys()
    {
        Dictionary<string, string> keys = [];
        if (Chance(25))
        {
            keys["snat"] = Pick("false", "true");
        }

        if (Chance(20))
        {
            keys["masqAll"] = "true";
        }

        if (Chance(15))
        {
            keys["externalSetMarkChain"] = $"\"{ExternalChain}\"";
        }
        else if (Chance(20))
        {
            keys["markMasqBit"] = Pick("0", "13", "14", "31");
        }

        if (Chance(30))
        {
            keys["conditionsV4"] = JsonSerializer.Serialize(Pick(ConditionsV4));
        }

        if (Chance(30))
        {
            keys["conditionsV6"] = JsonSerializer.Serialize(Pick(ConditionsV6));
        }

        return keys;
    }

    private List<PortMapping> MakeMappings(int firstPort)
    {
        int count = Chance(10) ? _random.Next(14, 34) : _random.Next(1, 5);
        List<PortMapping> mappings = [];
        for (int i = 0; i < count; i++)
        {
            int port = firstPort + 1 + (i * 7) + _random.Next(7);
            string protocol = Pick("tcp", "tcp", "udp", "sctp");
            if (Chance(10))
            {
                // One port of two addresses, in one rule for both.
                mappings.Add(new PortMapping(port, 81, protocol, "192.0.2.1"));
                mappings.Add(new PortMapping(port, 82, protocol, Chance(50) ? "192.0.2.2" : "2001:db8::1"));
                continue;
            }

            string? hostIP = Pick<string?>(null, null, null, "", "0.0.0.0", "::", "192.0.2.1", "127.0.0.1", "2001:db8:0:0::1");
            mappings.Add(new PortMapping(port, _random.Next(1, 65536), protocol, hostIP));
        }

        return mappings;
    }

    private bool Chance(int percent) => _random.Next(100) < percent;

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
