using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>What meta, ct, fib, rt, socket and numgen load, as nft writes it; null for what it has no words for.</summary>
internal static class NftKeys
{
    internal static NftOperand? Of(MetaKey key)
    {
        (string Text, NftType Type, int Length)? known = (uint)key switch
        {
            0 => ("meta length", NftType.Integer, 4),
            1 => ("meta protocol", NftType.EtherType, 2),
            2 => ("meta priority", NftType.TrafficClass, 4),
            3 => ("meta mark", NftType.Mark, 4),
            4 => ("iif", NftType.LinkIndex, 4),
            5 => ("oif", NftType.LinkIndex, 4),
            6 => ("iifname", NftType.LinkName, 16),
            7 => ("oifname", NftType.LinkName, 16),
            8 => ("meta iiftype", NftType.LinkKind, 2),
            9 => ("meta oiftype", NftType.LinkKind, 2),
            10 => ("meta skuid", NftType.User, 4),
            11 => ("meta skgid", NftType.Group, 4),
            12 => ("meta nftrace", NftType.Integer, 1),
            13 => ("meta rtclassid", NftType.Realm, 4),
            15 => ("meta nfproto", NftType.FamilyNumber, 1),
            16 => ("meta l4proto", NftType.Protocol, 1),
            17 => ("meta ibrname", NftType.LinkName, 16),
            18 => ("meta obrname", NftType.LinkName, 16),
            19 => ("meta pkttype", NftType.PacketType, 1),
            20 => ("meta cpu", NftType.Integer, 4),
            21 => ("iifgroup", NftType.LinkGroup, 4),
            22 => ("oifgroup", NftType.LinkGroup, 4),
            23 => ("meta cgroup", NftType.Integer, 4),
            24 => ("meta random", NftType.Integer, 4),
            25 => ("meta ipsec", NftType.Presence, 1),
            26 => ("meta iifkind", NftType.LinkName, 16),
            27 => ("meta oifkind", NftType.LinkName, 16),
            31 => ("meta day", NftType.Day, 1),
            33 => ("meta sdif", NftType.LinkIndex, 4),
            34 => ("meta sdifname", NftType.LinkName, 16),
            _ => null,
        };
        if (known is not (string text, NftType type, int length))
        {
            return null;
        }

        const uint Random = 24; // the only number that is not in the kernel's order
        return new NftOperand(text, type, length)
        {
            IsHostOrder = NftValueText.IsHostOrder(type) && (uint)key != Random,
            Tells = (uint)key switch
            {
                1 => NftLayer.NetworkByEtherType,
                8 or 9 => NftLayer.Link,
                15 => NftLayer.NetworkByFamily,
                16 => NftLayer.Transport,
                _ => NftLayer.None,
            },
        };
    }

    internal static NftOperand? Of(ConntrackExpression conntrack)
    {
        (string Text, NftType Type, int Length)? known = (uint)conntrack.Key switch
        {
            0 => ("state", NftType.ConnectionState, 4),
            1 => ("direction", NftType.ConnectionDirection, 1),
            2 => ("status", NftType.ConnectionStatus, 4),
            3 => ("mark", NftType.Mark, 4),
            5 => ("expiration", NftType.Time, 4),
            6 => ("helper", NftType.Text, 16),
            7 => ("l3proto", NftType.FamilyNumber, 1),
            10 => ("protocol", NftType.Protocol, 1),
            11 => ("proto-src", NftType.Port, 2),
            12 => ("proto-dst", NftType.Port, 2),
            13 => ("label", NftType.ConnectionLabel, 16),
            14 => ("packets", NftType.Integer, 8),
            15 => ("bytes", NftType.Integer, 8),
            16 => ("avgpkt", NftType.Integer, 8),
            17 => ("zone", NftType.Integer, 2),
            18 => ("event", NftType.ConnectionEvent, 4),
            19 => ("ip saddr", NftType.Ipv4Address, 4),
            20 => ("ip daddr", NftType.Ipv4Address, 4),
            21 => ("ip6 saddr", NftType.Ipv6Address, 16),
            22 => ("ip6 daddr", NftType.Ipv6Address, 16),
            23 => ("id", NftType.Integer, 4),
            _ => null,
        };
        if (known is not (string text, NftType type, int length))
        {
            return null;
        }

        string direction = conntrack.Direction switch
        {
            0 => "original ",
            1 => "reply ",
            _ => "",
        };
        const uint Id = 23; // big-endian (nft_ct_get_eval())
        return new NftOperand($"ct {direction}{text}", type, length)
        {
            IsHostOrder = NftValueText.IsHostOrder(type) && (uint)conntrack.Key != Id,
        };
    }

    internal static NftOperand? Of(Fib fib)
    {
        List<string> fields = [];
        foreach ((FibFlags flag, string name) in (ReadOnlySpan<(FibFlags, string)>)
            [
                (FibFlags.SourceAddress, "saddr"), (FibFlags.DestinationAddress, "daddr"), (FibFlags.Mark, "mark"),
                (FibFlags.InputInterface, "iif"), (FibFlags.OutputInterface, "oif"),
            ])
        {
            if ((fib.Flags & flag) != 0)
            {
                fields.Add(name);
            }
        }

        (string Text, NftType Type, int Length)? result = fib.Result switch
        {
            FibResult.OutputInterface => ("oif", NftType.LinkIndex, 4),
            FibResult.OutputInterfaceName => ("oifname", NftType.LinkName, 16),
            FibResult.AddressType => ("type", NftType.RouteType, 4),
            _ => null,
        };
        if (result is not (string text, NftType type, int length))
        {
            return null;
        }

        bool isPresence = (fib.Flags & FibFlags.Present) != 0;
        return new NftOperand($"fib {string.Join(" . ", fields)} {text}", isPresence ? NftType.Presence : type, isPresence ? 1 : length)
        {
            IsHostOrder = true,
        };
    }

    internal static NftOperand? Of(RouteLoad route) => route.Key switch
    {
        RouteKey.ClassId => new NftOperand("rt classid", NftType.Realm, 4) { IsHostOrder = true },
        RouteKey.NextHop4 => new NftOperand("rt ip nexthop", NftType.Ipv4Address, 4),
        RouteKey.NextHop6 => new NftOperand("rt ip6 nexthop", NftType.Ipv6Address, 16),
        RouteKey.SegmentSize => new NftOperand("rt mtu", NftType.Integer, 2) { IsHostOrder = true },
        RouteKey.IPsec => new NftOperand("rt ipsec", NftType.Presence, 1),
        _ => null,
    };

    internal static NftOperand? Of(SocketLoad socket) => socket.Key switch
    {
        SocketKey.Transparent => new NftOperand("socket transparent", NftType.Integer, 1),
        SocketKey.Mark => new NftOperand("socket mark", NftType.Mark, 4) { IsHostOrder = true },
        SocketKey.Wildcard => new NftOperand("socket wildcard", NftType.Integer, 1),
        _ => null,
    };

    internal static NftOperand Of(NumberGenerator generator)
    {
        string text = FormattableString.Invariant($"numgen {(generator.IsRandom ? "random" : "inc")} mod {generator.Modulus}");
        text += generator.Offset != 0 ? FormattableString.Invariant($" offset {generator.Offset}") : "";
        return new NftOperand(text, NftType.Integer, 4) { IsHostOrder = true };
    }
}
