using System.Net.Sockets;
using Berth.HostPorts.Iptables;
using Berth.Netlink;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// Turns a rule that iptables' nft flavour wrote back into what it was. Some matches it writes in nf_tables' own
/// expressions, and the others as structures (the kernel's nft_compat): how it does so is in iptables' nft-shared.c.
/// </summary>
internal sealed class NftIptablesReader
{
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const uint TraceKey = 12; // NFT_META_NFTRACE

    private readonly RuleContext _context;
    private readonly List<IptablesMatch> _matches = [];
    private NftLoad? _loaded;
    private IptablesTarget? _target;

    private NftIptablesReader(RuleContext context)
    {
        _context = context;
        Header = new RuleHeader(context.Family);
    }

    private RuleHeader Header { get; set; }

    /// <summary>Whether every expression is one that iptables writes.</summary>
    internal static bool IsUnderstood(RuleContext context, RulesetRule rule)
    {
        NftIptablesReader reader = new(context);
        return rule.Expressions.All(reader.Step);
    }

    /// <summary>Addresses, links and the protocol: nothing else is looked at, for most rules are never needed further.</summary>
    internal static RuleHeader ReadHeader(RuleContext context, RulesetRule rule)
    {
        NftIptablesReader reader = new(context);
        foreach (Expression expression in rule.Expressions)
        {
            if (expression is not UnknownExpression)
            {
                reader.Step(expression);
            }
        }

        return reader.Header;
    }

    /// <summary>Matches and the target; what iptables does not write is a match that is not modelled.</summary>
    internal static RuleBody ReadBody(RuleContext context, RulesetRule rule)
    {
        NftIptablesReader reader = new(context);
        foreach (Expression expression in rule.Expressions)
        {
            if (!reader.Step(expression))
            {
                reader._matches.Add(new UnknownMatch($"nft {expression.Name}", null));
            }
        }

        if (rule.Comment is string comment && !reader._matches.OfType<CommentMatch>().Any())
        {
            reader._matches.Insert(0, new CommentMatch(comment));
        }

        return new RuleBody([.. reader._matches], reader._target ?? new NoTarget());
    }

    private bool Step(Expression expression)
    {
        switch (expression)
        {
            case Counter:
                return true;
            case Payload payload:
                _loaded = new NftLoad(payload, null, null);
                return true;
            case Meta { Destination: not null } meta:
                _loaded = new NftLoad(null, meta, null);
                return true;
            case Meta { Destination: null } meta when (uint)meta.Key == TraceKey:
                return SetTarget(new WordsTarget("TRACE", [], null));
            case Bitwise bitwise when _loaded is { Mask: null } loaded && bitwise.Xor.Bytes.IndexOfAnyExcept((byte)0) < 0:
                _loaded = loaded with { Mask = bitwise.Mask };
                return true;
            case Compare compare when _loaded is NftLoad loaded:
                return Compared(loaded, compare);
            case RangeCompare range when _loaded is { Payload: Payload payload, Mask: null } && range.From.Length == 2:
                return Ports(payload, new PortInterval(range.From.ToPort(), range.To.ToPort()), range.Operator != CompareOperator.Equal);
            case Immediate { Verdict: Verdict verdict }:
                return Decided(verdict);
            case Immediate:
                // The value that "meta nftrace set" takes.
                return true;
            case UnknownExpression unknown:
                return Extension(unknown);
            default:
                return false;
        }
    }

    private bool Compared(NftLoad loaded, Compare compare)
    {
        bool isInverted = compare.Operator == CompareOperator.NotEqual;
        bool isEquality = isInverted || compare.Operator == CompareOperator.Equal;
        if (loaded is { Payload: { Base: PayloadBase.Transport, Offset: 0, Length: 4 }, Mask: null } && isEquality)
        {
            return BothPorts(compare.Value, isInverted);
        }

        if (loaded.Payload is { Base: PayloadBase.Transport } transport)
        {
            return loaded.Mask is DataValue mask
                ? isEquality && Flags(transport, mask, compare.Value, isInverted)
                : NftLoad.Ports(compare) is PortInterval ports && Ports(transport, ports, isInverted);
        }

        if (!isEquality)
        {
            return false;
        }

        if (loaded.Payload is { Base: PayloadBase.Network } network)
        {
            return NetworkHeader(loaded, network, compare.Value, isInverted);
        }

        return loaded.Meta?.Key switch
        {
            MetaKey.TransportProtocol when loaded.Mask is null && compare.Value.Length >= 1 => Protocol(compare.Value.Bytes[0], isInverted),
            MetaKey.InputInterfaceName when loaded.Mask is null => Apply(
                Header with { InInterface = new InterfaceTest(NftLoad.InterfacePattern(compare.Value), isInverted) }),
            MetaKey.OutputInterfaceName when loaded.Mask is null => Apply(
                Header with { OutInterface = new InterfaceTest(NftLoad.InterfacePattern(compare.Value), isInverted) }),
            MetaKey.Mark when compare.Value.Length == 4 && loaded.Mask is null or { Length: 4 } => Add(
                new MarkMatch(Host(compare.Value), loaded.Mask is DataValue bits ? Host(bits) : uint.MaxValue, isInverted)),
            _ => false,
        };
    }

    private bool NetworkHeader(NftLoad loaded, Payload payload, DataValue value, bool isInverted)
    {
        (int source, int destination, int length, int protocol) = _context.IsIPv4 ? (12, 16, 4, 9) : (8, 24, 16, 6);
        const int FragmentAt = 6;
        if (payload.Offset == source && payload.Length <= length)
        {
            return Apply(Header with { Source = loaded.Address(_context.Family, value, isInverted) });
        }

        if (payload.Offset == destination && payload.Length <= length)
        {
            return Apply(Header with { Destination = loaded.Address(_context.Family, value, isInverted) });
        }

        if (payload.Offset == protocol && payload.Length == 1 && loaded.Mask is null && value.Length >= 1)
        {
            return Protocol(value.Bytes[0], isInverted);
        }

        return _context.IsIPv4 && payload is { Offset: FragmentAt, Length: 2 } && loaded.Mask is not null
            && value.Bytes.IndexOfAnyExcept((byte)0) < 0 && Apply(Header with { IsFragment = isInverted });
    }

    private bool Protocol(byte protocol, bool isInverted) =>
        Apply(Header with { Protocol = protocol, IsProtocolInverted = isInverted });

    private bool Ports(Payload payload, PortInterval ports, bool isInverted)
    {
        if (payload is not { Base: PayloadBase.Transport, Offset: 0 or 2, Length: 2 })
        {
            return false;
        }

        PortTest test = new(ports, isInverted);
        return payload.Offset == 0
            ? Ports(pair => pair.Source.IsAny ? pair with { Source = test } : null)
            : Ports(pair => pair.Destination.IsAny ? pair with { Destination = test } : null);
    }

    // One source port and one destination port are compared at once.
    private bool BothPorts(DataValue value, bool isInverted)
    {
        if (value.Length != 4)
        {
            return false;
        }

        PortTest Test(int offset)
        {
            ushort port = value.Field(offset, 2).ToPort();
            return new PortTest(new PortInterval(port, port), isInverted);
        }

        return Ports(pair => pair.Source.IsAny && pair.Destination.IsAny
            ? new PortPair(Test(0), Test(2)) { IsOneComparison = isInverted }
            : null);
    }

    // Ports and flags of one rule belong to one match.
    private bool Ports(Func<PortPair, PortPair?> change) => Header switch
    {
        { IsProtocolInverted: true } => false,
        { Protocol: Tcp } => Change(
            new TcpMatch(), match => change(match.Ports) is PortPair ports ? match with { Ports = ports } : null),
        { Protocol: Udp } => Change(
            new UdpMatch(PortPair.Any), match => change(match.Ports) is PortPair ports ? new UdpMatch(ports) : null),
        _ => false,
    };

    private bool Flags(Payload payload, DataValue mask, DataValue value, bool isInverted)
    {
        const int FlagsAt = 13;
        return payload is { Offset: FlagsAt, Length: 1 } && Header is { Protocol: Tcp, IsProtocolInverted: false }
            && mask.Length >= 1 && value.Length >= 1
            && Change(new TcpMatch(), match => match.FlagMask != 0
                ? null
                : match with { FlagMask = mask.Bytes[0], Flags = value.Bytes[0], AreFlagsInverted = isInverted });
    }

    // The match of this kind that is there, changed; where it cannot be changed, or is not there, a new one.
    private bool Change<T>(T empty, Func<T, T?> change)
        where T : IptablesMatch
    {
        int index = _matches.FindLastIndex(static match => match is T);
        if (index >= 0 && change((T)_matches[index]) is T changed)
        {
            _matches[index] = changed;
            return true;
        }

        return Add(change(empty)!);
    }

    private bool Decided(Verdict verdict) => verdict.Kind switch
    {
        VerdictKind.Accept => SetTarget(VerdictTarget.Accept),
        VerdictKind.Drop => SetTarget(VerdictTarget.Drop),
        VerdictKind.Return => SetTarget(VerdictTarget.Return),
        VerdictKind.Jump or VerdictKind.Goto when verdict.Chain is string chain =>
            SetTarget(new ChainTarget(chain, verdict.Kind == VerdictKind.Goto)),
        _ => false,
    };

    private bool Extension(UnknownExpression expression)
    {
        switch (expression.KindName)
        {
            case "match":
                return Structure(expression) is ExtensionStructure match && Add(IptablesMatches.Read(match));
            case "target":
                return Structure(expression) is ExtensionStructure target && SetTarget(IptablesTargets.Read(target));
            default:
                return Decoded(DecodedExpression.Of(expression));
        }
    }

    private bool Decoded(DecodedExpression? expression) => expression switch
    {
        RateLimit { IsOfBytes: false, IsInverted: false, Rate: > 0, Seconds: <= uint.MaxValue } limit
            when limit.Seconds * LimitMatch.Scale / limit.Rate is <= uint.MaxValue and ulong period =>
            Add(new LimitMatch((uint)period, limit.Burst)),
        Log { Group: ushort group, Threshold: null or <= ushort.MaxValue } log => SetTarget(new LogGroupTarget
        {
            Group = group,
            Prefix = log.Prefix ?? "",
            Size = log.SnapLength is > 0 ? log.SnapLength : null,
            Threshold = (ushort)(log.Threshold ?? 0),
        }),
        _ => false,
    };

    // Null when what stands in a snapshot is none that a kernel sent.
    private ExtensionStructure? Structure(UnknownExpression expression)
    {
        try
        {
            XtExtension data = new XtExtension(expression);
            return new ExtensionStructure(_context, data.Name, data.Revision, data.Info);
        }
        catch (NetlinkFormatException)
        {
            return null;
        }
    }

    private uint Host(DataValue value) => _context.IsLittleEndian
        ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(value.Bytes)
        : System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(value.Bytes);

    private bool Apply(RuleHeader header)
    {
        Header = header;
        return true;
    }

    private bool Add(IptablesMatch match)
    {
        _matches.Add(match);
        return true;
    }

    private bool SetTarget(IptablesTarget target)
    {
        _target = target;
        return true;
    }
}
