using System.Globalization;
using System.Text;

namespace Berth.Walk.Tests.Judge;

/// <summary>Makes what is in the ipsets, for <c>ipset restore</c>.</summary>
internal static class ElementGenerator
{
    internal static string Generate(Choice choice, Pool pool, Pool pool6)
    {
        StringBuilder text = new();
        foreach (Pool one in (ReadOnlySpan<Pool>)[pool, pool6])
        {
            string six = one.IsIPv6 ? "6" : "";
            foreach ((string name, _, _) in IpSets.All)
            {
                for (int i = choice.Below(4); i > 0; i--)
                {
                    text.Append(CultureInfo.InvariantCulture, $"add {name}{six} {Element(choice, one, name)}{NoMatch(choice, name)}\n");
                }
            }

            if (choice.Chance(0.7))
            {
                text.Append(CultureInfo.InvariantCulture, $"add {IpSets.List}{six} {choice.Of("ips", "nets")}{six}\n");
                text.Append(CultureInfo.InvariantCulture, $"add {IpSets.List}{six} {choice.Of("ipports", "netports")}{six}\n");
            }
        }

        text.Append(CultureInfo.InvariantCulture, $"add {IpSets.Ports} {pool.Port()}\nadd {IpSets.Ports} 8000-9000\n");
        text.Append(CultureInfo.InvariantCulture, $"add {IpSets.Addresses} {choice.Of("10.244.1.0/24", "10.244.1.2", "10.244.2.2-10.244.2.9")}\n");
        return text.ToString();
    }

    private static string NoMatch(Choice choice, string name) =>
        name is "nets" or "netports" or "netlinks" or "netnets" or "netportnets" && choice.Chance(0.35) ? " nomatch" : "";

    private static string Element(Choice choice, Pool pool, string name)
    {
        string address = choice.Chance(0.5) ? pool.Destination() : pool.Source();
        string network = choice.Chance(0.5) ? Network(choice, pool) : address;
        string protocol = pool.Protocol() is ("tcp" or "udp" or "sctp") and var own ? own : "tcp";
        string port = $"{protocol}:{pool.Port().ToString(CultureInfo.InvariantCulture)}";
        return name switch
        {
            "ips" => address,
            "nets" => network,
            "ipports" => $"{address},{port}",
            "netports" => $"{network},{port}",
            "ipportips" => $"{address},{port},{pool.Source()}",
            "ipportnets" => $"{address},{port},{Network(choice, pool)}",
            "ipmarks" => string.Create(CultureInfo.InvariantCulture, $"{address},{pool.Mark()}"),
            "netnets" => $"{network},{Network(choice, pool)}",
            "netportnets" => $"{network},{port},{Network(choice, pool)}",
            _ => $"{network},{pool.Link()}",
        };
    }

    // A network of length 0 is none that these sets hold.
    private static string Network(Choice choice, Pool pool)
    {
        string network = pool.Network();
        return network.EndsWith("/1", StringComparison.Ordinal) && choice.Chance(0.5) ? (pool.IsIPv6 ? "fd00::/16" : "10.0.0.0/8") : network;
    }
}
