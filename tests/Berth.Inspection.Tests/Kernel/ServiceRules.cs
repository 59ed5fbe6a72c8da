namespace Berth.Inspection.Tests.Kernel;

/// <summary>
/// Rules as kube-proxy writes them in each of its modes, of a Service of TCP and one of UDP with two endpoints, in both families:
/// at a cluster address, at an external one that is not the node's, at one that is, and at a NodePort.
/// </summary>
internal static class ServiceRules
{
    /// <summary>The external address that is the node's, in each family.</summary>
    internal static readonly string[] LocalAddresses = ["198.51.100.8", "2001:db8:7::8"];

    private static readonly Family V4 = new(
        "ip", "iptables", "ipv4_addr", "10.96.0.10", "198.51.100.7", LocalAddresses[0], ["10.1.0.7", "10.1.0.8"], ["192.0.2.1"], "255.255.255.255");

    private static readonly Family V6 = new(
        "ip6", "ip6tables", "ipv6_addr", "fd00:96::10", "2001:db8:7::7", LocalAddresses[1], ["fd00:1::7", "fd00:1::8"], ["2001:db8::1"],
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");

    private sealed record Family(
        string Name, string Program, string Type, string Cluster, string External, string Local, string[] Endpoints, string[] Nodes, string Mask)
    {
        internal string Endpoint(int index) => Name == "ip" ? $"{Endpoints[index]}:3306" : $"[{Endpoints[index]}]:3306";
    }

    /// <summary>Adds them to what is there.</summary>
    /// <param name="mode">"iptables-nft", "iptables-legacy" or "nftables".</param>
    /// <param name="hasAffinity">Whether clients stay with their endpoint (sessionAffinity: ClientIP).</param>
    internal static void Add(string mode, bool hasAffinity)
    {
        foreach (Family family in (ReadOnlySpan<Family>)[V4, V6])
        {
            if (mode == "nftables")
            {
                Tool.Nft(Nftables(family, hasAffinity));
                continue;
            }

            string program = mode.Replace("iptables", family.Program, StringComparison.Ordinal);
            Tool restored = Tool.Try($"{program}-restore", ["--noflush"], Iptables(family, hasAffinity));
            Assert.True(restored.ExitCode == 0, restored.Errors);
        }
    }

    private static string Iptables(Family family, bool hasAffinity)
    {
        List<string> chains = ["KUBE-SERVICES", "KUBE-NODEPORTS"];
        List<string> rules = ["-A PREROUTING -j KUBE-SERVICES", "-A OUTPUT -j KUBE-SERVICES"];
        foreach (string protocol in (ReadOnlySpan<string>)["tcp", "udp"])
        {
            string service = $"KUBE-SVC-{protocol}";
            string Of(string comment, int port) => $"-p {protocol} -m comment --comment \"shop/db:{protocol}{comment}\" -m {protocol} --dport {port} -j {service}";
            rules.Add($"-A KUBE-SERVICES -d {family.Cluster} {Of(" cluster IP", 3306)}");
            rules.Add($"-A KUBE-SERVICES -d {family.External} {Of(" external IP", 3306)}");
            rules.Add($"-A KUBE-SERVICES -d {family.Local} {Of(" external IP", 3306)}");
            rules.Add($"-A KUBE-NODEPORTS {Of("", 30306)}");
            chains.Add(service);
            string Recent(int i) => $"--name KUBE-SEP-{protocol}{i} --mask {family.Mask} --rsource";
            for (int i = 0; hasAffinity && i < 2; i++)
            {
                rules.Add($"-A {service} -m comment --comment \"shop/db:{protocol} -> {family.Endpoint(i)}\" -m recent --rcheck --seconds 10800 --reap {Recent(i)} -j KUBE-SEP-{protocol}{i}");
            }

            for (int i = 0; i < 2; i++)
            {
                string share = i == 0 ? "-m statistic --mode random --probability 0.50000000000 " : "";
                string noted = hasAffinity ? $"-m recent --set {Recent(i)} " : "";
                chains.Add($"KUBE-SEP-{protocol}{i}");
                rules.Add($"-A {service} -m comment --comment \"shop/db:{protocol} -> {family.Endpoint(i)}\" {share}-j KUBE-SEP-{protocol}{i}");
                rules.Add($"-A KUBE-SEP-{protocol}{i} -p {protocol} -m comment --comment \"shop/db:{protocol}\" {noted}-m {protocol} -j DNAT --to-destination {family.Endpoint(i)}");
            }
        }

        rules.Add("-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS");
        return $"*nat\n{string.Concat(chains.Select(static chain => $":{chain} - [0:0]\n"))}{string.Join('\n', rules)}\nCOMMIT\n";
    }

    private static string Nftables(Family family, bool hasAffinity)
    {
        List<string> chains = [];
        List<string> elements = [];
        List<string> nodePorts = [];
        foreach (string protocol in (ReadOnlySpan<string>)["tcp", "udp"])
        {
            string name = $"AAAAAAAA-shop/db/{protocol}/{protocol}";
            string End(int i) => $"endpoint-{i}{name}__x";
            List<string> service = [];
            for (int i = 0; i < 2; i++)
            {
                string noted = "";
                if (hasAffinity)
                {
                    chains.Add($"set affinity-{i}-{protocol} {{ type {family.Type}; flags dynamic,timeout; timeout 3h; }}");
                    service.Add($"{family.Name} saddr @affinity-{i}-{protocol} goto {End(i)}");
                    noted = $"update @affinity-{i}-{protocol} {{ {family.Name} saddr }}\n";
                }

                chains.Add($"chain {End(i)} {{ {noted}meta l4proto {protocol} dnat to {family.Endpoint(i)}\n}}");
            }

            service.Add($"numgen random mod 2 vmap {{ 0 : goto {End(0)}, 1 : goto {End(1)} }}");
            chains.Add($"chain service-{name} {{\n{string.Join('\n', service)}\n}}");
            chains.Add($"chain external-{name} {{ goto service-{name}; }}");
            elements.Add($"{family.Cluster} . {protocol} . 3306 : goto service-{name}");
            elements.Add($"{family.External} . {protocol} . 3306 : goto external-{name}");
            elements.Add($"{family.Local} . {protocol} . 3306 : goto external-{name}");
            nodePorts.Add($"{protocol} . 30306 : goto external-{name}");
        }

        return $$"""
            table {{family.Name}} kube-proxy {
              set nodeport-ips { type {{family.Type}}; elements = { {{string.Join(", ", family.Nodes)}} }; }
              map service-nodeports { type inet_proto . inet_service : verdict; }
              map service-ips { type {{family.Type}} . inet_proto . inet_service : verdict; }
              {{string.Join('\n', chains)}}
              chain services {
                {{family.Name}} daddr . meta l4proto . th dport vmap @service-ips
                {{family.Name}} daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
              }
              chain nat-prerouting { type nat hook prerouting priority -100; jump services; }
              chain nat-output { type nat hook output priority -100; jump services; }
            }
            add element {{family.Name}} kube-proxy service-ips { {{string.Join(", ", elements)}} }
            add element {{family.Name}} kube-proxy service-nodeports { {{string.Join(", ", nodePorts)}} }
            """;
    }
}
