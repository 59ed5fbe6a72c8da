using System.Globalization;

namespace Berth.Walk.Tests.Judge;

/// <summary>Makes the matches of a rule for iptables: none to three, each of them inverted now and then.</summary>
internal sealed class IptablesMatches(Pool pool)
{
    private readonly Choice _choice = pool.Choice;

    internal string Generate(string table, string hook, ref string? protocol)
    {
        int count = _choice.Of(0, 1, 1, 1, 2, 2, 3);
        HashSet<string> used = [];
        List<string> matches = [];
        for (int i = 0; i < count; i++)
        {
            (string name, string text) = One(table, hook, ref protocol);
            if (text.Length > 0 && used.Add(name))
            {
                matches.Add(text);
            }
        }

        return string.Concat(matches.OrderByDescending(static match => match.StartsWith(" -", StringComparison.Ordinal) && !match.StartsWith(" -m", StringComparison.Ordinal)));
    }

    private string Not => _choice.Chance(0.2) ? " !" : "";

    private (string Name, string Text) One(string table, string hook, ref string? protocol)
    {
        bool isIn = hook is "PREROUTING" or "INPUT" or "FORWARD";
        bool isOut = hook is "OUTPUT" or "POSTROUTING" or "FORWARD";
        switch (_choice.Below(30))
        {
            case 0 or 1 or 2:
                return ("d", $"{Not} -d {(_choice.Chance(0.7) ? pool.Destination() : pool.Network())}");
            case 3 or 4:
                return ("s", $"{Not} -s {(_choice.Chance(0.6) ? pool.Source() : pool.Network())}");
            case 5 when isIn:
                return ("i", $"{Not} -i {LinkName()}");
            case 6 when isOut:
                return ("o", $"{Not} -o {LinkName()}");
            case 7 or 8 or 9:
                return ("addrtype", AddressType(isIn, isOut));
            case 10:
                return ("comment", $" -m comment --comment \"shop/web:{_choice.Of("http", "a b", "x-1")}\"");
            case 11 or 12 or 13:
                return ("conntrack", Conntrack());
            case 14:
                return ("state", $" -m state{Not} --state {string.Join(',', _choice.Some((string[])["INVALID", "NEW", "ESTABLISHED", "RELATED", "UNTRACKED"], 3))}");
            case 15 or 16:
                uint mark = pool.Mark();
                return ("mark", $" -m mark{Not} --mark 0x{(_choice.Chance(0.7) ? mark : 0):x}{(_choice.Chance(0.7) ? $"/0x{mark:x}" : "")}");
            case 17:
                uint connectionMark = pool.Mark();
                return ("mark", $" -m connmark{Not} --mark 0x{(_choice.Chance(0.7) ? connectionMark : 0):x}/0x{connectionMark:x}");
            case 18:
                protocol ??= "tcp";
                return protocol is "tcp" or "udp" or "sctp" ? ("multiport", Multiport()) : ("", "");
            case 19 or 20 or 21 or 22:
                return ("ports", Transport(ref protocol));
            case 23 or 24:
                return ("set", Set(hook));
            case 25:
                return ("statistic", $" -m statistic {(_choice.Chance(0.8) ? $"--mode random{Not} --probability {_choice.Of("0.50000000000", "0.33333333349", "0.25000000000")}" : $"--mode nth{Not} --every {_choice.Of("2", "3")} --packet {_choice.Of("0", "1")}")}");
            case 26 when hook != "OUTPUT":
                return ("physdev", Physical(hook));
            case 27 when hook is "OUTPUT" or "POSTROUTING":
                return ("owner", Owner());
            case 28 when table is "raw" or "mangle" && hook == "PREROUTING":
                return _choice.Chance(0.5) || table == "raw"
                    ? ("rpfilter", $" -m rpfilter{_choice.Of("", " --loose", " --invert", " --validmark", " --validmark --invert", " --accept-local")}")
                    : ("socket", SocketMatch(ref protocol));
            case 29:
                return ("more", More());
            default:
                return ("", "");
        }
    }

    private string LinkName() => _choice.Chance(0.85) ? pool.Link() : _choice.Of("eth+", "veth+", "cni+", "e+");

    private string AddressType(bool isIn, bool isOut)
    {
        string type = _choice.Chance(0.75) ? "LOCAL" : pool.IsIPv6
            ? _choice.Of("UNICAST", "MULTICAST", "UNREACHABLE", "UNICAST,LOCAL")
            : _choice.Of("UNICAST", "BROADCAST", "MULTICAST", "BLACKHOLE", "UNREACHABLE", "UNICAST,LOCAL");
        string side = _choice.Chance(0.8) ? "dst" : "src";
        string limit = _choice.Chance(0.12) ? (isIn ? " --limit-iface-in" : isOut ? " --limit-iface-out" : "") : "";
        return $" -m addrtype{Not} --{side}-type {type}{limit}";
    }

    private string Conntrack()
    {
        SentPacket? packet = pool.Packet();
        return _choice.Below(10) switch
        {
            < 5 => $" -m conntrack{Not} --ctstate {string.Join(',', _choice.Some((string[])["INVALID", "NEW", "ESTABLISHED", "RELATED", "UNTRACKED", "SNAT", "DNAT"], 3))}",
            5 => $" -m conntrack{Not} --ctorigdst {packet?.Destination.ToString() ?? pool.Address()}",
            6 => $" -m conntrack{Not} --ctorigsrc {packet?.Source.ToString() ?? pool.Network()}",
            7 => string.Create(CultureInfo.InvariantCulture, $" -m conntrack{Not} --ctorigdstport {pool.Port()}"),
            8 => $" -m conntrack{Not} --ctstatus {_choice.Of("NONE", "CONFIRMED", "SEEN_REPLY", "EXPECTED", "ASSURED")}",
            _ => $" -m conntrack --ctdir {_choice.Of("ORIGINAL", "ORIGINAL", "REPLY")}",
        };
    }

    private string Multiport()
    {
        string[] ports = [.. Enumerable.Range(0, 1 + _choice.Below(3)).Select(_ =>
        {
            ushort port = pool.Port();
            (ushort first, ushort last) = pool.PortRange(port);
            return _choice.Chance(0.6) || first == last ? _choice.Text(port) : $"{_choice.Text(first)}:{_choice.Text(last)}";
        })];
        return $" -m multiport{Not} {_choice.Of("--dports", "--dports", "--ports", "--sports")} {string.Join(',', ports)}";
    }

    private string Transport(ref string? protocol)
    {
        protocol ??= pool.Protocol();
        if (protocol is "icmp" or "icmpv6")
        {
            string option = protocol == "icmp" ? "--icmp-type" : "--icmpv6-type";
            return $" -m {(protocol == "icmp" ? "icmp" : "icmp6")}{Not} {option} {_choice.Of("echo-request", "echo-request", "echo-reply", "destination-unreachable")}";
        }

        ushort port = pool.Port();
        ushort sourcePort = pool.SourcePort();
        (ushort first, ushort last) = pool.PortRange(port);
        (ushort firstSource, ushort lastSource) = pool.PortRange(sourcePort);
        string text = $" -m {protocol}";
        text += _choice.Below(6) switch
        {
            < 3 => $"{Not} --dport {_choice.Text(port)}",
            3 => $"{Not} --dport {_choice.Text(first)}:{_choice.Text(last)}",
            4 => $"{Not} --sport {_choice.Text(firstSource)}:{_choice.Text(lastSource)}",
            _ => protocol switch
            {
                "tcp" => _choice.Of(" --syn", " ! --syn", " --tcp-flags SYN,ACK,FIN,RST SYN", " --tcp-flags SYN,ACK SYN,ACK", " ! --tcp-flags ACK ACK", " --tcp-option 2", " ! --tcp-option 2"),
                "sctp" => _choice.Of(" --chunk-types any INIT", " --chunk-types only DATA", " --chunk-types all INIT"),
                _ => string.Create(CultureInfo.InvariantCulture, $" --dport {port}"),
            },
        };
        return text;
    }

    private string Set(string hook)
    {
        string six = pool.IsIPv6 ? "6" : "";
        int kind = _choice.Below(11);
        if (kind == 0)
        {
            return $" -m set{Not} --match-set {IpSets.Ports} {_choice.Of("dst", "src")}";
        }

        if (kind == 1 && !pool.IsIPv6)
        {
            return $" -m set{Not} --match-set {IpSets.Addresses} {_choice.Of("dst", "src")}";
        }

        if (kind == 2)
        {
            return $" -m set{Not} --match-set {IpSets.List}{six} {_choice.Of("dst", "src")},dst";
        }

        (string name, _, int dimensions) = _choice.From(IpSets.All);
        string[] directions = name switch
        {
            "netlinks" => ["dst,src", "src,src"],
            _ => dimensions switch
            {
                1 => ["dst", "src"],
                2 => ["dst,dst", "src,dst"],
                _ => ["dst,dst,src", "src,dst,dst"],
            },
        };
        if (name == "netlinks" && hook is not ("PREROUTING" or "INPUT" or "FORWARD"))
        {
            return $" -m set{Not} --match-set ips{six} dst";
        }

        return $" -m set{Not} --match-set {name}{six} {_choice.From(directions)}";
    }

    private string Physical(string hook) => hook switch
    {
        "PREROUTING" or "INPUT" => $" -m physdev{Not} {_choice.Of($"--physdev-in {_choice.From(Pool.BridgePorts)}", "--physdev-is-in", "--physdev-in veth+")}",
        _ => $" -m physdev{Not} {_choice.Of("--physdev-is-bridged", "--physdev-is-bridged", $"--physdev-in {_choice.From(Pool.BridgePorts)}", "--physdev-is-in")}",
    };

    private string Owner() => _choice.Of(
        $" -m owner{Not} --uid-owner {_choice.Of("0", "1000", "1337")}", $" -m owner{Not} --gid-owner {_choice.Of("0", "1000")}",
        $" -m owner{Not} --uid-owner 1000-2000", $" -m owner{Not} --socket-exists");

    private string SocketMatch(ref string? protocol)
    {
        protocol ??= "tcp";
        return protocol is not ("tcp" or "udp") ? "" : $" -m socket{_choice.Of("", " --transparent", " --nowildcard")}";
    }

    private string More() => _choice.Below(4) switch
    {
        0 => $" -m pkttype{Not} --pkt-type unicast",
        1 when !pool.IsIPv6 => $" -m ttl --ttl-{_choice.Of("eq 64", "gt 40", "lt 64")}",
        2 => $" -m dscp{Not} --dscp 0x{_choice.Of("08", "2e", "00")}",
        _ => $" -m iprange{Not} --dst-range {pool.TargetRange()}",
    };
}
