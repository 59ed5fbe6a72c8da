namespace Berth.Inspection;

/// <summary>Reads the kernel's settings that decide where packets go.</summary>
internal static class SysctlReader
{
    private const string Root = "/proc/sys/";

    private static readonly string[] Names =
    [
        "net/ipv4/ip_forward", "net/ipv4/ip_local_port_range", "net/ipv4/ip_local_reserved_ports",
        "net/ipv4/ip_nonlocal_bind", "net/ipv4/ip_unprivileged_port_start", "net/ipv6/bindv6only",
        "net/bridge/bridge-nf-call-iptables", "net/bridge/bridge-nf-call-ip6tables",
        "net/ipv4/icmp_echo_ignore_broadcasts", "net/netfilter/nf_conntrack_tcp_be_liberal", "net/ipv4/vs/conntrack",
    ];

    private static readonly (string Directory, string[] Names)[] OfLinks =
    [
        ("net/ipv4/conf", ["forwarding", "route_localnet", "rp_filter", "accept_local", "disable_policy", "disable_xfrm"]),
        ("net/ipv6/conf", ["forwarding", "disable_ipv6", "disable_policy"]),
    ];

    internal static Part<IReadOnlyDictionary<string, string>> Read()
    {
        SortedDictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (string name in Names)
        {
            Put(values, name);
        }

        foreach ((string directory, string[] names) in OfLinks)
        {
            foreach (string link in Directory.Exists(Root + directory) ? Directory.EnumerateDirectories(Root + directory) : [])
            {
                foreach (string name in names)
                {
                    Put(values, link[Root.Length..] + "/" + name);
                }
            }
        }

        return Part.Of<IReadOnlyDictionary<string, string>>(values);
    }

    // A setting that this kernel does not have is left out. The name of a link may hold a dot, which sysctl(8) writes "/".
    private static void Put(SortedDictionary<string, string> values, string path)
    {
        try
        {
            string name = string.Join('.', path.Split('/').Select(static part => part.Replace('.', '/')));
            values[name] = File.ReadAllText(Root + path).Trim().Replace('\t', ' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
