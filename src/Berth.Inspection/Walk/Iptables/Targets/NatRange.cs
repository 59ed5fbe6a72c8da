using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>What an end of a connection is rewritten to (struct nf_nat_range2, nf_nat_range, nf_nat_ipv4_multi_range_compat).</summary>
internal sealed record NatRange(AddressFamily Family)
{
    private const uint MapAddress = 1;
    private const uint MapPort = 2;
    private const uint Random = 4;
    private const uint Persistent = 8;
    private const uint RandomFully = 16;
    private const uint Offset = 32;
    private const int CompatSize = 20;
    private const int Size = 40;

    /// <summary>The new addresses; null when they stay, or follow from the target.</summary>
    internal (UInt128 First, UInt128 Last)? Addresses { get; init; }

    /// <summary>The new ports; null when they stay.</summary>
    internal PortInterval? Ports { get; init; }

    /// <summary>The old port that becomes the first of <see cref="Ports"/>, and so on; null for no such shift.</summary>
    internal ushort? PortBase { get; init; }

    internal bool IsRandom { get; init; }

    internal bool IsRandomFully { get; init; }

    internal bool IsPersistent { get; init; }

    internal IPAddress? First => Addresses is (UInt128 first, _) ? AddressBits.ToAddress(Family, first) : null;

    internal IPAddress? Last => Addresses is (_, UInt128 last) ? AddressBits.ToAddress(Family, last) : null;

    /// <summary>Reads the options of a target, of which one names addresses or ports.</summary>
    internal static NatRange? Parse(RuleOptions options, string to)
    {
        NatRange range = new(options.Family);
        while (options.Next())
        {
            switch (options.Option)
            {
                case "--to-ports":
                    range = range with { Ports = options.Ports('-') };
                    break;
                case "--random":
                    range = range with { IsRandom = true };
                    break;
                case "--random-fully":
                    range = range with { IsRandomFully = true };
                    break;
                case "--persistent":
                    range = range with { IsPersistent = true };
                    break;
                default:
                    // More than one range was allowed by kernels before 2.6.11 only.
                    if (options.Option != to || range.Addresses is not null)
                    {
                        return null;
                    }

                    range = range.WithEndpoint(options.Word());
                    break;
            }
        }

        return range;
    }

    internal static NatRange? Read(ExtensionStructure s)
    {
        // IPv4 alone has the old structure with one range in it, in revision 0.
        bool isCompat = s.Revision == 0 && s.Context.IsIPv4;
        if (s.Info.Length < (isCompat ? CompatSize : Size) || (isCompat && s.UInt32(0) != 1))
        {
            return null;
        }

        uint flags = s.UInt32(isCompat ? 4 : 0);
        (UInt128 First, UInt128 Last) addresses = isCompat
            ? (AddressBits.Of(s.Slice(8, 4)), AddressBits.Of(s.Slice(12, 4)))
            : (s.Address(4), s.Address(20));
        return new NatRange(s.Context.Family)
        {
            Addresses = (flags & MapAddress) != 0 ? addresses : null,
            Ports = (flags & MapPort) != 0 ? s.NetworkInterval(isCompat ? 16 : 36) : null,
            PortBase = (flags & Offset) != 0 && s.Info.Length >= Size + 2 ? s.NetworkUInt16(Size) : null,
            IsRandom = (flags & Random) != 0,
            IsRandomFully = (flags & RandomFully) != 0,
            IsPersistent = (flags & Persistent) != 0,
        };
    }

    /// <summary>"10.0.0.1-10.0.0.9:80-90/1000", "[fd00::1]:80".</summary>
    internal string EndpointText
    {
        get
        {
            string text = Addresses is not (UInt128 first, UInt128 last) ? ""
                : first == last ? $"{First}"
                : $"{First}-{Last}";
            if (Ports is null)
            {
                return text;
            }

            text = text.Length > 0 && Family == AddressFamily.InterNetworkV6 ? $"[{text}]" : text;
            return $"{text}:{PortText}{(PortBase is ushort start ? $"/{start}" : "")}";
        }
    }

    internal string? PortText => Ports is null ? null
        : Ports.First == Ports.Last ? $"{Ports.First}"
        : $"{Ports.First}-{Ports.Last}";

    /// <summary>What it asks of connection tracking.</summary>
    internal NatRequest Request(NatManipulation manipulation) => new(manipulation)
    {
        First = First,
        Last = Last is IPAddress last && !last.Equals(First) ? last : null,
        Ports = Ports,
        PortBase = PortBase,
        IsRandom = IsRandom || IsRandomFully,
        IsPersistent = IsPersistent,
    };

    private NatRange WithEndpoint(string text)
    {
        int bracket = text.IndexOf(']', StringComparison.Ordinal);
        int colon = bracket >= 0 ? text.IndexOf(':', bracket)
            : Family == AddressFamily.InterNetworkV6 ? (text.Length > 1 && text[0] == ':' && text[1] != ':' ? 0 : -1)
            : text.IndexOf(':', StringComparison.Ordinal);
        string addresses = (colon < 0 ? text : text[..colon]).Trim('[', ']');
        NatRange range = this;
        if (addresses.Length > 0)
        {
            string[] ends = addresses.Split('-');
            range = range with
            {
                Addresses = (AddressBits.Of(IPAddress.Parse(ends[0])), AddressBits.Of(IPAddress.Parse(ends[^1]))),
            };
        }

        if (colon >= 0)
        {
            string[] ports = text[(colon + 1)..].Split('/');
            range = range with
            {
                Ports = RuleOptions.ParsePorts(ports[0], '-'),
                PortBase = ports.Length > 1 ? RuleOptions.ParsePorts(ports[1], '-').First : null,
            };
        }

        return range;
    }
}
