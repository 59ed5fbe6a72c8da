using System.Globalization;
using System.Text;

namespace Berth.Walk.Tests.Judge;

/// <summary>Makes rules of one table for nft, and the sets and maps that they look up.</summary>
internal sealed class NftRules(Choice choice, Pool pool, Pool pool6, string family)
{
    private bool _isIPv6;

    // What the rule at hand is about: one protocol, or "th" for whatever has ports.
    private string _transport = "";
    private bool _hasPorts;
    private bool _isOfIcmp;
    private bool _isContradiction;

    private Pool Mine => _isIPv6 ? pool6 : pool;

    private string Ip => _isIPv6 ? "ip6" : "ip";

    private string AddressType => _isIPv6 ? "ipv6_addr" : "ipv4_addr";

    /// <summary>The named sets and maps of the table, of each family that it has.</summary>
    internal string Sets()
    {
        StringBuilder text = new();
        foreach (bool isIPv6 in family switch { "ip" => [false], "ip6" => [true], _ => (bool[])[false, true] })
        {
            _isIPv6 = isIPv6;
            string six = isIPv6 ? "6" : "";
            text.Append(CultureInfo.InvariantCulture, $"  set addresses{six} {{ type {AddressType}; elements = {{ {Join(3, Mine.Destination)} }}; }}\n");
            text.Append(CultureInfo.InvariantCulture, $"  set networks{six} {{ type {AddressType}; flags interval; auto-merge; elements = {{ {Join(3, Mine.Network)} }}; }}\n");
            text.Append(CultureInfo.InvariantCulture, $"  set services{six} {{ type {AddressType} . inet_proto . inet_service; elements = {{ {Join(3, Service)} }}; }}\n");
            text.Append(CultureInfo.InvariantCulture, $"  set ranges{six} {{ type {AddressType} . inet_service; flags interval; elements = {{ {Range()} }}; }}\n");
            text.Append(CultureInfo.InvariantCulture, $"  set seen{six} {{ type {AddressType}; size {choice.Of("2", "3", "9")}; flags dynamic; elements = {{ {Mine.Source()}, {(isIPv6 ? "2001:db8:8::8" : "198.51.100.8")} }}; }}\n");
            text.Append(CultureInfo.InvariantCulture, $"  map targets{six} {{ type inet_proto . inet_service : {AddressType} . inet_service; elements = {{ tcp . 80 : {Mine.Target()} . 8080, udp . 53 : {Mine.Target()} . 53, tcp . 443 : {Mine.Target()} . 443 }}; }}\n");
            text.Append(CultureInfo.InvariantCulture, $"  map plain{six} {{ type inet_service : {AddressType}; flags interval; elements = {{ 1-100 : {Mine.Target()}, 400-9000 : {Mine.Target()} }}; }}\n");
        }

        return text.Append("  set links { type ifname . ifname; elements = { \"eth0\" . \"cni0\", \"cni0\" . \"cni0\", \"cni0\" . \"eth0\" }; }\n").ToString();
    }

    internal string Generate(string type, string hook, string[] below)
    {
        // nft refuses a rule about ports of ICMP.
        string rule;
        do
        {
            _isOfIcmp = _isContradiction = false;
            rule = Once(type, hook, below);
        }
        while (_isContradiction);
        return rule;
    }

    private string Once(string type, string hook, string[] below)
    {
        _isIPv6 = family == "ip6" || (family == "inet" && choice.Chance(0.35));
        _transport = choice.Chance(0.25) ? "th" : Mine.Protocol();
        _hasPorts = false;
        List<string> parts = [];
        for (int i = choice.Of(0, 1, 1, 1, 2, 2, 3); i > 0; i--)
        {
            parts.Add(Match(type, hook));
        }

        if (choice.Chance(0.15))
        {
            parts.Add("counter");
        }

        parts.Add(End(type, hook, below));
        if (_hasPorts)
        {
            parts.Insert(0, "meta l4proto { tcp, udp }");
        }

        return string.Join(' ', parts.Where(static part => part.Length > 0));
    }

    private string Match(string type, string hook)
    {
        bool isIn = hook is "prerouting" or "input" or "forward";
        bool isOut = hook is "output" or "postrouting" or "forward";
        string not = choice.Chance(0.2) ? "!= " : "";
        string six = _isIPv6 ? "6" : "";
        ushort port = Mine.Port();
        (ushort first, ushort last) = Mine.PortRange(port);
        uint mark = Mine.Mark();
        return choice.Below(36) switch
        {
            0 or 1 => $"{Ip} daddr {not}{Mine.Destination()}",
            2 => $"{Ip} daddr {not}{Mine.Network()}",
            3 => $"{Ip} saddr {not}{(choice.Chance(0.5) ? Mine.Source() : Mine.Network())}",
            4 => $"{Ip} daddr {not}{{ {Join(3, Mine.Destination)} }}",
            5 => $"{Ip} daddr {not}@{choice.Of("addresses", "networks")}{six}",
            6 => $"{Ip} daddr . meta l4proto . th dport {not}@services{six}",
            7 => $"{Ip} daddr . {Port()} dport {not}@ranges{six}",
            8 or 9 => $"{Port()} dport {not}{choice.Text(port)}",
            10 => $"{Port()} dport {not}{choice.Text(first)}-{choice.Text(last)}",
            11 => $"{Port()} dport {not}{{ {choice.Text(port)}, 1000-2000 }}",
            12 => _transport == "th" ? "" : (_transport is "icmp" or "icmpv6" && not.Length == 0 ? OfIcmp() : "") + $"meta l4proto {not}{(not.Length > 0 && !_hasPorts ? Mine.Protocol() : _transport)}",
            13 when _transport is "icmp" or "icmpv6" => OfIcmp() + (_isIPv6 ? $"icmpv6 type {not}echo-request" : $"icmp type {not}{{ echo-request, echo-reply }}"),
            14 when isIn => $"iifname {not}\"{Mine.Link()}\"",
            15 when isOut => $"oifname {not}{choice.Of($"\"{Mine.Link()}\"", "\"eth*\"", "{ \"eth0\", \"cni0\" }")}",
            16 when hook == "forward" => $"iifname . oifname {not}@links",
            17 or 18 or 19 => Fib(hook, not),
            20 => $"meta mark & 0x{mark:x} {choice.Of("==", "!=")} 0x{(choice.Chance(0.5) ? mark : 0):x}",
            21 => $"ct mark & 0x{mark:x} {choice.Of("==", "!=")} 0x{(choice.Chance(0.5) ? mark : 0):x}",
            22 or 23 => choice.Of($"ct state {string.Join(',', choice.Some((string[])["invalid", "new", "established", "related", "untracked"], 3))}", "ct state != new", "ct state { new, untracked }"),
            24 => choice.Of("ct status dnat", "ct status snat", "ct status ! dnat", "ct direction original", "ct direction reply"),
            25 => $"ct original {Ip} daddr {not}{Mine.Destination()}",
            26 => $"numgen random mod {choice.Of("2", "3", "4")} {not}{choice.Of("0", "1")}",
            27 when type != "nat" || hook == "output" => isOut && hook is "output" or "postrouting" ? $"meta skuid {not}{choice.Of("0", "1000", "1000-2000")}" : $"meta pkttype {not}host",
            28 => $"jhash {Ip} saddr . {Ip} daddr mod 2 seed 0x{mark:x} {choice.Of("0", "1")}",
            29 when _transport == "tcp" => choice.Of("tcp flags syn", "tcp flags & (syn | ack) == syn", "tcp flags & ack != 0", "tcp flags ! ack"),
            30 => choice.Of($"{Ip} dscp {not}cs1", _isIPv6 ? "ip6 hoplimit > 40" : "ip ttl > 40", $"meta length < 60", _isIPv6 ? "ip6 hoplimit 64" : "ip ttl 64"),
            31 when isOut => _isIPv6 ? $"rt ip6 nexthop {not}{choice.Of("2001:db8:1::10", "fd00:18::10")}" : $"rt ip nexthop {not}{choice.Of("192.0.2.10", "198.18.0.10", "10.244.1.2")}",
            32 => $"meta mark {not}{{ 0, 0x{mark:x} }}",
            33 => $"{Ip} saddr . {Ip} daddr {{ {Mine.Source()} . {Mine.Destination()} }}",
            34 when type != "nat" => $"{Ip} {choice.Of("saddr", "daddr")} {not}@seen{six}",
            _ => $"{Ip} daddr {not}{Mine.Address()}",
        };
    }

    // The protocol before "dport".
    private string Port()
    {
        if (_transport is "icmp" or "icmpv6")
        {
            _isContradiction |= _isOfIcmp;
            _transport = "tcp";
        }

        _hasPorts |= _transport == "th";
        return _transport;
    }

    private string Fib(string hook, string not) => choice.Below(6) switch
    {
        < 4 => $"fib daddr type {not}{choice.Of("local", "local", "local", "unicast", "{ local, broadcast }", "blackhole")}",
        4 when hook is "prerouting" or "input" or "forward" => choice.Of("fib saddr . iif oif missing", "fib saddr . iif oif exists", "fib saddr . mark . iif oif exists", "fib daddr . iif type local"),
        _ => $"fib saddr type {not}local",
    };

    private string End(string type, string hook, string[] below)
    {
        if (below.Length > 0 && choice.Chance(0.45))
        {
            string chain = choice.From(below);
            return choice.Below(8) switch
            {
                0 => $"{Ip} daddr . meta l4proto . th dport vmap {{ {Service()} : goto {chain}, {Service2()} : jump {chain} }}",
                1 => $"meta l4proto vmap {{ tcp : jump {chain}, udp : {choice.Of("return", $"goto {chain}", "accept")} }}",
                2 => $"numgen random mod 2 vmap {{ 0 : jump {chain}, 1 : {choice.Of("return", $"goto {chain}")} }}",
                3 => $"{Port()} dport vmap {{ 80 : jump {chain}, 400-9000 : goto {chain} }}",
                4 or 5 => $"goto {chain}",
                _ => $"jump {chain}",
            };
        }

        int kind = choice.Below(100);
        if (kind < 12)
        {
            return choice.Of("accept", "return", "", "continue", "accept");
        }

        uint mark = Mine.Mark();
        if (type == "nat")
        {
            return kind < 22 ? $"meta mark set meta mark | 0x{mark:x}" : Nat(hook);
        }

        if (kind < 20)
        {
            return Write(hook);
        }

        if (kind < 28)
        {
            return Keep();
        }

        if (kind < 50)
        {
            return choice.Of(
                $"meta mark set 0x{mark:x}", $"meta mark set meta mark | 0x{mark:x}", $"meta mark set meta mark & 0x{~mark:x}",
                $"meta mark set meta mark ^ 0x{mark:x}", "meta mark set ct mark", "ct mark set meta mark", $"ct mark set 0x{mark:x}",
                $"ct mark set meta mark & 0xff", $"meta mark set {Port()} dport map {{ 80 : 0x1, 443 : 0x4000 }}", "ct mark set ct mark | 0x10",
                "meta mark set ct mark & 0xff00", $"meta mark set jhash {Ip} saddr mod 4 seed 0x7 offset 1");
        }

        if (hook is "prerouting" or "output" && kind < 60)
        {
            return "notrack";
        }

        if (hook is "input" or "forward" or "output" && kind < 75)
        {
            return choice.Of("reject", _transport == "tcp" ? "reject with tcp reset" : "reject", family switch
            {
                "ip" => "reject with icmp host-unreachable",
                "ip6" => "reject with icmpv6 admin-prohibited",
                _ => "reject with icmpx admin-prohibited",
            });
        }

        return kind < 88 ? "drop" : "accept";
    }

    // Into the packet, past address translation. Of other protocols nft mends no checksum.
    private string Write(string hook)
    {
        bool hasPorts = _transport is "tcp" or "udp";
        return choice.Below(hook == "prerouting" ? 6 : 4) switch
        {
            2 or 3 when hasPorts => $"{_transport} dport set {choice.Text(choice.From(Pool.Ports))}",
            4 or 5 => $"{Ip} daddr set {Mine.Target()}",
            0 => $"{Ip} dscp set {choice.Of("cs1", "cs3")}",
            _ => _isIPv6 ? "ip6 hoplimit set 41" : "ip ttl set 41",
        };
    }

    // In a set, which packets change as they pass.
    private string Keep()
    {
        string set = $"@seen{(_isIPv6 ? "6" : "")}";
        string what = choice.Of("saddr", "daddr");
        return choice.Below(4) switch
        {
            0 => $"delete {set} {{ {Ip} {what} }}",
            1 => $"{choice.Of("add", "update")} {set} {{ {Ip} {what} }}",
            _ => $"{choice.Of("add", "update")} {set} {{ {Ip} {what} }} {choice.Of("drop", "accept", "return")}",
        };
    }

    private string Nat(string hook)
    {
        string six = _isIPv6 ? "6" : "";
        string to = family == "inet" ? $" {Ip}" : "";
        string guard = family == "inet" ? $"meta nfproto ipv{(_isIPv6 ? "6" : "4")} " : "";
        string port = choice.Text(choice.From(Pool.Ports));
        string target = Mine.Target();
        string bracketed = _isIPv6 ? $"[{target}]" : target;
        if (hook is "prerouting" or "output")
        {
            return choice.Below(12) switch
            {
                0 or 1 => $"dnat{to} to {target}",
                2 or 3 or 4 => $"{Port()} dport {choice.Text(Mine.Port())} dnat{to} to {bracketed}:{port}",
                5 => WithPorts() + $"dnat{to} to {bracketed}:{port}",
                6 => $"{guard}dnat {Ip} to meta l4proto . th dport map @targets{six}",
                7 => $"{guard}dnat{to} to {Port()} dport map @plain{six}",
                8 => $"{guard}{WithPorts()}dnat {Ip} to numgen random mod 2 map {{ 0 : {Mine.Target()} . 80, 1 : {Mine.Target()} . 8080 }}",
                9 => $"{guard}dnat{to} to jhash {Ip} saddr mod 2 map {{ 0 : {Mine.Target()}, 1 : {Mine.Target()} }}",
                10 => $"{WithPorts()}redirect to :{port}",
                _ => "redirect",
            };
        }

        return hook == "postrouting" && choice.Chance(0.6)
            ? choice.Of("masquerade", "masquerade", "masquerade random", "masquerade fully-random")
            : $"snat{to} to {Mine.NewSource()}";
    }

    private string OfIcmp()
    {
        _isOfIcmp = true;
        return "";
    }

    // What says that there are ports.
    private string WithPorts() => Port() == "th" ? "" : $"meta l4proto {_transport} ";

    private string Service() => $"{Mine.Destination()} . {(Mine.Protocol() is ("tcp" or "udp" or "sctp") and var own ? own : "tcp")} . {choice.Text(Mine.Port())}";

    private string Service2() => $"{(_isIPv6 ? "2001:db8:8::8" : "198.51.100.8")} . tcp . 80";

    private string Range()
    {
        (ushort first, ushort last) = Mine.PortRange(Mine.Port());
        string network = Mine.Network();
        return $"{network} . {choice.Text(first)}-{choice.Text(last)}";
    }

    private string Join(int most, Func<string> make)
    {
        HashSet<string> made = [];
        for (int i = 1 + choice.Below(most); i > 0; i--)
        {
            made.Add(make());
        }

        return string.Join(", ", made);
    }
}
