using System.Globalization;

namespace Berth.NfTables.Tests.Conditions;

/// <summary>
/// Conditions that nft accepts. At most one port a condition: nft fuses equal source and destination ports into one
/// comparison of four bytes, which it lists in another order.
/// </summary>
internal sealed class ConditionGenerator(NfFamily family, int seed)
{
    private static readonly string[] Names = ["eth0", "eth1", "lo", "cni0", "\"veth12ab\"", "br-1.100", "eth*", "\"veth*\"", "c*"];
    private readonly Random _random = new(seed);

    internal string Next()
    {
        List<Func<string>> matches = [Source, Destination, Ports, Input, Output, Mark, Protocol];
        List<string> parts = [];
        int count = _random.Next(1, 5);
        for (int i = 0; i < count; i++)
        {
            int chosen = _random.Next(matches.Count);
            Func<string> match = matches[chosen];
            parts.Add(match());

            // A port implies a protocol: nft refuses another one beside it.
            matches.RemoveAll(other => other == match || (IsTransport(match) && IsTransport(other)));
        }

        return string.Join(' ', parts);
    }

    private bool IsTransport(Func<string> match) => match == Ports || match == Protocol;

    private string Word => family == NfFamily.Ip6 ? "ip6" : "ip";

    private string Source() => $"{Word} saddr {Values(Address, AddressRange, Prefix, isOrdered: false)}";

    private string Destination() => $"{Word} daddr {Values(Address, AddressRange, Prefix, isOrdered: false)}";

    private string Ports() => $"{Pick("tcp", "udp", "sctp", "th")} {Pick("sport", "dport")} "
        + Values(() => Number(65536), () => Range(65536), null, isOrdered: true);

    private string Input() => $"{Pick("", "meta ")}iifname {Values(() => Pick(Names), null, null, isOrdered: false)}";

    private string Output() => $"oifname {Values(() => Pick(Names), null, null, isOrdered: false)}";

    private string Mark() => _random.Next(3) switch
    {
        0 => $"{Pick("", "meta ")}mark {Values(() => Number(70000), () => Range(70000), null, isOrdered: true)}",
        1 => $"meta mark and 0x{_random.Next(1, 0x1000) * 3:x} {Pick("==", "!=", "")} {Number(3000)}",
        _ => $"meta mark {Pick("", "!=")} {Range(70000)}",
    };

    private string Protocol() => $"{Pick("meta l4proto", family == NfFamily.Ip6 ? "ip6 nexthdr" : "ip protocol")} "
        + Values(() => Pick("tcp", "udp", "sctp", Number(256)), null, null, isOrdered: false);

    private string Values(Func<string> value, Func<string>? range, Func<string>? prefix, bool isOrdered)
    {
        string One() => _random.Next(4) switch
        {
            0 when range is not null => range(),
            1 when prefix is not null => prefix(),
            _ => value(),
        };
        switch (_random.Next(5))
        {
            case 0:
                string separator = Pick(",", ", ", " , ");
                string list = string.Join(separator, Enumerable.Range(0, _random.Next(1, 6)).Select(_ => One()));
                return $"{Pick("", "!= ", "==")}{Pick("{", "{ ")}{list}{Pick("}", " }")}";
            case 1 when isOrdered:
                return $"{Pick("<", ">", "<=", ">=")} {value()}";
            default:
                return $"{Pick("", "!= ", "== ", "ne ")}{One()}";
        }
    }

    private string Address() => Address(RandomBytes());

    private string AddressRange()
    {
        byte[] first = RandomBytes();
        byte[] last = [.. first];
        last[^1] = (byte)_random.Next(first[^1], 256);
        return $"{Address(first)}-{Address(last)}";
    }

    private string Prefix() => $"{Address()}/{_random.Next(0, (family == NfFamily.Ip6 ? 128 : 32) + 1)}";

    // Few different ones, near each other, so that intervals overlap and touch.
    private byte[] RandomBytes()
    {
        byte[] bytes = family == NfFamily.Ip6 ? [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] : [192, 0, 2, 0];
        bytes[^1] = (byte)_random.Next(256);
        bytes[^2] = (byte)_random.Next(3);
        return bytes;
    }

    private static string Address(byte[] bytes) => new System.Net.IPAddress(bytes).ToString();

    private string Number(int limit) => _random.Next(limit).ToString(CultureInfo.InvariantCulture);

    private string Range(int limit)
    {
        int first = _random.Next(limit);
        return $"{first}-{_random.Next(first, limit)}";
    }

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];
}
