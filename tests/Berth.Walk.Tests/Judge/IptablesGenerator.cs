using System.Globalization;
using System.Text;

namespace Berth.Walk.Tests.Judge;

/// <summary>Makes rules as <c>iptables-restore</c> reads them, of one family and flavour.</summary>
/// <param name="pool">What they speak of.</param>
/// <param name="rare">A rule that is the first of some base chains of a table; null for none.</param>
internal sealed class IptablesGenerator(Pool pool, (string Table, string[] Chains, string Rule)? rare)
{
    private const string Prerouting = "PREROUTING";
    private const string Input = "INPUT";
    private const string Forward = "FORWARD";
    private const string Output = "OUTPUT";
    private const string Postrouting = "POSTROUTING";

    private static readonly (string Name, string[] Chains, double Chance)[] Tables =
    [
        ("raw", [Prerouting, Output], 0.3),
        ("mangle", [Prerouting, Input, Forward, Output, Postrouting], 0.45),
        ("nat", [Prerouting, Input, Output, Postrouting], 0.8),
        ("filter", [Input, Forward, Output], 0.65),
        ("security", [Input, Forward, Output], 0.05),
    ];

    private readonly Choice _choice = pool.Choice;
    private readonly IptablesMatches _matches = new(pool);

    internal string Generate()
    {
        StringBuilder text = new();
        foreach ((string table, string[] chains, double chance) in Tables)
        {
            if (_choice.Chance(chance) || rare?.Table == table)
            {
                text.Append(Table(table, chains));
            }
        }

        return text.ToString();
    }

    private string Table(string table, string[] chains)
    {
        StringBuilder head = new($"*{table}\n");
        StringBuilder rules = new();
        foreach (string chain in chains)
        {
            string policy = table != "nat" && _choice.Chance(table == "filter" ? 0.1 : 0.02) ? "DROP" : "ACCEPT";
            head.Append(CultureInfo.InvariantCulture, $":{chain} {policy} [0:0]\n");
            if (rare is { } first && first.Table == table && first.Chains.Contains(chain))
            {
                rules.Append(CultureInfo.InvariantCulture, $"-A {chain} {first.Rule}\n");
            }

            if (!_choice.Chance(0.75))
            {
                continue;
            }

            // A chain leads to those after it only: there are no loops.
            string[] own = [.. Enumerable.Range(1, _choice.Below(3)).Select(number => $"{chain[..3]}-{number}")];
            for (int i = 0; i < own.Length; i++)
            {
                head.Append(CultureInfo.InvariantCulture, $":{own[i]} - [0:0]\n");
            }

            Rules(rules, table, chain, chain, own, 1 + _choice.Below(4));
            for (int i = 0; i < own.Length; i++)
            {
                Rules(rules, table, chain, own[i], own[(i + 1)..], _choice.Below(4));
            }
        }

        return $"{head}{rules}COMMIT\n";
    }

    private void Rules(StringBuilder text, string table, string hook, string chain, string[] below, int count)
    {
        for (int i = 0; i < count; i++)
        {
            string? protocol = _choice.Chance(0.5) ? pool.Protocol() : null;
            string target;
            if (below.Length > 0 && _choice.Chance(0.45))
            {
                target = $"{(_choice.Chance(0.65) ? "-j" : "-g")} {_choice.From(below)}";
            }
            else
            {
                target = Target(table, hook, ref protocol, chain != hook);
            }

            string matches = _matches.Generate(table, hook, ref protocol);
            text.Append(CultureInfo.InvariantCulture, $"-A {chain}{(protocol is null ? "" : $" -p {protocol}")}{matches} {target}\n");
        }
    }

    private string Target(string table, string hook, ref string? protocol, bool isUserChain)
    {
        int kind = _choice.Below(100);
        if (kind < 8)
        {
            return "-j ACCEPT";
        }

        if (kind < 13)
        {
            return "-j RETURN";
        }

        if (kind < 16)
        {
            return "-m comment --comment \"nothing\"";
        }

        return table switch
        {
            "raw" => kind < 80 ? (_choice.Chance(0.5) ? "-j NOTRACK" : "-j CT --notrack") : kind < 90 ? "-j DROP" : "-j ACCEPT",
            "mangle" => Mangle(hook, kind, ref protocol),
            "nat" => Nat(hook, kind, ref protocol),
            "security" => kind < 60 ? "-j DROP" : "-j ACCEPT",
            _ => Filter(kind, ref protocol),
        };
    }

    private string Mangle(string hook, int kind, ref string? protocol)
    {
        uint mark = pool.Mark();
        switch (kind)
        {
            case < 55:
                return _choice.Of(
                    $"-j MARK --set-xmark 0x{mark:x}/0x{mark:x}", $"-j MARK --set-mark 0x{mark:x}", $"-j MARK --or-mark 0x{mark:x}",
                    $"-j MARK --and-mark 0x{~mark:x}", $"-j MARK --xor-mark 0x{mark:x}", $"-j MARK --set-xmark 0x{mark:x}/0xffffffff");
            case < 80:
                return _choice.Of(
                    $"-j CONNMARK --set-xmark 0x{mark:x}/0xffffffff", $"-j CONNMARK --set-mark 0x{mark:x}", "-j CONNMARK --save-mark",
                    "-j CONNMARK --restore-mark", $"-j CONNMARK --save-mark --nfmask 0x{mark:x} --ctmask 0x{mark:x}",
                    $"-j CONNMARK --restore-mark --nfmask 0x{mark:x} --ctmask 0xffff", $"-j CONNMARK --or-mark 0x{mark:x}");
            case < 92 when hook == Prerouting:
                protocol = _choice.Of("tcp", "udp");
                string port = _choice.Text(_choice.Of(Topology.ProxyPort, Topology.ProxyPort, (ushort)9, (ushort)8080));
                return $"-j TPROXY --on-port {port}{(_choice.Chance(0.3) ? $" --on-ip {(pool.IsIPv6 ? "::1" : "127.0.0.1")}" : "")}"
                    + (_choice.Chance(0.8) ? " --tproxy-mark 0x100/0x100" : "");
            case < 96:
                return "-j DROP";
            default:
                return "-j ACCEPT";
        }
    }

    private string Nat(string hook, int kind, ref string? protocol)
    {
        if (kind > 88)
        {
            uint mark = pool.Mark();
            return _choice.Of($"-j MARK --set-xmark 0x{mark:x}/0x{mark:x}", "-j ACCEPT", "-j MARK --or-mark 0x4000");
        }

        if (hook is Prerouting or Output)
        {
            bool withPort = _choice.Chance(0.5);
            if (withPort)
            {
                protocol = pool.Protocol() is ("tcp" or "udp" or "sctp") and var own ? own : "tcp";
            }

            ushort port = _choice.From(Pool.Ports);
            if (kind < 65)
            {
                string address = pool.Target();
                string bracketed = pool.IsIPv6 && withPort ? $"[{address}]" : address;
                string ports = !withPort ? "" : _choice.Chance(0.85) ? $":{port}" : $":{port}-{port + 5}";
                bool isRange = _choice.Chance(0.1) && !withPort;
                return $"-j DNAT --to-destination {(isRange ? pool.TargetRange() : bracketed + ports)}{(_choice.Chance(0.05) ? " --persistent" : "")}";
            }

            return $"-j REDIRECT{(withPort ? $" --to-ports {port}" : "")}";
        }

        if (hook == Postrouting && kind < 55)
        {
            return $"-j MASQUERADE{(_choice.Chance(0.3) ? " --random-fully" : "")}";
        }

        bool withPorts = _choice.Chance(0.2);
        if (withPorts)
        {
            protocol = _choice.Of("tcp", "udp");
        }

        string source = pool.NewSource();
        return $"-j SNAT --to-source {(withPorts ? (pool.IsIPv6 ? $"[{source}]" : source) + ":10000-10010" : source)}";
    }

    private string Filter(int kind, ref string? protocol)
    {
        if (kind < 45)
        {
            return "-j DROP";
        }

        if (kind < 80)
        {
            if (_choice.Chance(0.25))
            {
                protocol = "tcp";
                return "-j REJECT --reject-with tcp-reset";
            }

            return pool.IsIPv6
                ? $"-j REJECT{_choice.Of("", " --reject-with icmp6-adm-prohibited", " --reject-with icmp6-addr-unreachable")}"
                : $"-j REJECT{_choice.Of("", " --reject-with icmp-host-unreachable", " --reject-with icmp-admin-prohibited")}";
        }

        return kind < 85 ? "-j CONNMARK --set-mark 0x10" : "-j ACCEPT";
    }
}
