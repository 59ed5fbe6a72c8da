using System.Globalization;
using System.Net;
using System.Numerics;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// A rule of iptables' nft flavour, read from the kernel, in the words that iptables-save has for it: those that the rules
/// of portmap and its entry points are made of.
/// </summary>
internal sealed class NftRuleArguments
{
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte Sctp = 132;

    private readonly NfFamily _family;
    private readonly List<string> _addresses = [];
    private readonly List<string> _matches = [];
    private string? _protocol;
    private Field _field;
    private DataValue? _mask;

    private NftRuleArguments(NfFamily family) => _family = family;

    private enum Field
    {
        None,
        Protocol,
        Source,
        Destination,
        DestinationPort,
        Mark,
    }

    /// <summary>The chain that a rule jumps to; null when it does not.</summary>
    internal static string? Jump(Rule rule)
    {
        foreach (Expression expression in rule.Expressions)
        {
            if (expression is Immediate { Verdict: { Kind: VerdictKind.Jump } verdict })
            {
                return verdict.Chain;
            }
        }

        return null;
    }

    /// <summary>Of one that is not read: its comment and its jump alone, and that it holds something else.</summary>
    internal static List<string> Outline(Rule rule)
    {
        NftRuleArguments reader = new(rule.Family);
        if (rule.Comment is not null)
        {
            reader._matches.AddRange(["-m", "comment", "--comment", rule.Comment]);
        }

        foreach (Expression expression in rule.Expressions)
        {
            if (expression is UnknownExpression { KindName: "match" } match && new XtExtension(match) is { Name: "comment" } comment)
            {
                reader.Matched(comment);
            }
        }

        reader._matches.RemoveAll(static argument => !RestoreInput.CanHold(argument));
        // What it holds besides is what a network's conditions are.
        return [.. reader._matches, .. Jump(rule) is string chain ? (string[])[.. JumpConditions.Unread, "-j", chain] : []];
    }

    /// <summary>Its arguments; null when it holds something else too.</summary>
    internal static List<string>? Read(Rule rule)
    {
        NftRuleArguments reader = new(rule.Family);
        if (rule.Comment is not null)
        {
            // Of early versions; later ones have a match for it.
            reader._matches.AddRange(["-m", "comment", "--comment", rule.Comment]);
        }

        List<string>? target = null;
        foreach (Expression expression in rule.Expressions)
        {
            if (target is not null || !reader.Take(expression, ref target))
            {
                return null;
            }
        }

        // A comment or chain of somebody else's may hold what no line of iptables-save can.
        return target is null || !reader._matches.TrueForAll(RestoreInput.CanHold) || !target.TrueForAll(RestoreInput.CanHold)
            ? null
            : [.. reader._addresses, .. reader.ProtocolArguments, .. reader._matches, .. target];
    }

    private string[] ProtocolArguments => _protocol is null ? [] : ["-p", _protocol];

    private bool Take(Expression expression, ref List<string>? target)
    {
        switch (expression)
        {
            case Counter:
                return true;
            case Meta { Key: MetaKey.TransportProtocol, Destination: not null }:
                return Load(Field.Protocol);
            case Meta { Key: MetaKey.Mark, Destination: not null }:
                return Load(Field.Mark);
            case Payload payload:
                return Load(FieldOf(payload));
            case Bitwise { Source: var source, Destination: var destination } bitwise
                when source == destination && bitwise.Xor.Bytes.IndexOfAnyExcept((byte)0) < 0:
                _mask = bitwise.Mask;
                return _field is Field.Source or Field.Destination or Field.Mark;
            case Compare { Operator: CompareOperator.Equal } compare:
                return Compared(compare.Value);
            case Immediate { Verdict: { Kind: VerdictKind.Jump } verdict }:
                target = verdict.Chain is string chain ? ["-j", chain] : null;
                return target is not null;
            case UnknownExpression { KindName: "match" } match:
                return Matched(new XtExtension(match));
            case UnknownExpression { KindName: "target" } extension:
                target = Target(new XtExtension(extension));
                return target is not null;
            default:
                return false;
        }
    }

    private bool Load(Field field)
    {
        _field = field;
        _mask = null;
        return field != Field.None;
    }

    private Field FieldOf(Payload payload) => (payload.Base, payload.Offset, payload.Length) switch
    {
        (PayloadBase.Transport, 2, 2) => Field.DestinationPort,
        (PayloadBase.Network, 9, 1) when _family == NfFamily.Ip => Field.Protocol,
        (PayloadBase.Network, 12, <= 4) when _family == NfFamily.Ip => Field.Source,
        (PayloadBase.Network, 16, <= 4) when _family == NfFamily.Ip => Field.Destination,
        (PayloadBase.Network, 8, <= 16) when _family == NfFamily.Ip6 => Field.Source,
        (PayloadBase.Network, 24, <= 16) when _family == NfFamily.Ip6 => Field.Destination,
        _ => Field.None,
    };

    private bool Compared(DataValue value)
    {
        switch (_field)
        {
            case Field.Protocol when value.Length >= 1 && Name(value.Bytes[0]) is string name:
                _protocol = name;
                return true;
            case Field.DestinationPort when value.Length == 2 && _protocol is not null:
                _matches.AddRange(["-m", _protocol, "--dport", Number(value.ToPort())]);
                return true;
            case Field.Source or Field.Destination when Network(value) is string network:
                _addresses.AddRange([_field == Field.Source ? "-s" : "-d", network]);
                return true;
            case Field.Mark when value.Length == 4 && _mask is null or { Length: 4 }:
                _matches.AddRange(["-m", "mark", "--mark", MarkText(
                    BitConverter.ToUInt32(value.Bytes), _mask is DataValue mask ? BitConverter.ToUInt32(mask.Bytes) : uint.MaxValue)]);
                return true;
            default:
                return false;
        }
    }

    private bool Matched(XtExtension match)
    {
        switch (match.Name)
        {
            // One with a line break cannot be written to iptables-restore.
            case "comment" when match.Comment.AsSpan().IndexOfAny('\n', '\r') < 0:
                _matches.AddRange(["-m", "comment", "--comment", match.Comment]);
                return true;
            case "addrtype" when match.IsLocalDestination:
                _matches.AddRange(["-m", "addrtype", "--dst-type", "LOCAL"]);
                return true;
            case "multiport" when match.MultiportDestinations() is List<PortInterval> ports:
                _matches.AddRange(["-m", "multiport", "--dports", string.Join(',', ports.ConvertAll(Text))]);
                return true;
            case "tcp" or "udp" or "sctp" when match.DestinationPorts() is { } one && one.First == one.Last:
                _matches.AddRange(["-m", match.Name, "--dport", Number(one.First)]);
                return true;
            case "mark" when match.HasMark:
                _matches.AddRange(["-m", "mark", "--mark", MarkText(match.Mark, match.Mask)]);
                return true;
            default:
                return false;
        }
    }

    private List<string>? Target(XtExtension target) => target.Name switch
    {
        "MARK" when target.HasMark => ["-j", "MARK", "--set-xmark", $"0x{target.Mark:x}/0x{target.Mask:x}"],
        "MASQUERADE" when target.IsPlainMasquerade => ["-j", "MASQUERADE"],
        "DNAT" when target.Destination(_family) is string destination => ["-j", "DNAT", "--to-destination", destination],
        _ => null,
    };

    // A prefix of whole bytes is compared as so many bytes, any other by a mask.
    private string? Network(DataValue value)
    {
        int length = _family == NfFamily.Ip ? 4 : 16;
        if (value.Length > length || (_mask is DataValue set && set.Length != value.Length))
        {
            return null;
        }

        byte[] address = new byte[length];
        value.Bytes.CopyTo(address);
        int prefix = 0;
        for (int i = 0; i < value.Length; i++)
        {
            byte part = _mask is DataValue mask ? mask.Bytes[i] : (byte)0xff;
            int ones = BitOperations.LeadingZeroCount(~((uint)part << 24));
            if ((part != 0 && prefix != i * 8) || ((0xff00 >> ones) & 0xff) != part)
            {
                return null;
            }

            prefix += ones;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{new IPAddress(address)}/{prefix}");
    }

    private static string MarkText(uint mark, uint mask) => mask == uint.MaxValue ? $"0x{mark:x}" : $"0x{mark:x}/0x{mask:x}";

    /// <summary>A protocol's name; null when it is none of host ports'.</summary>
    internal static string? Name(byte protocol) => protocol switch
    {
        Tcp => "tcp",
        Udp => "udp",
        Sctp => "sctp",
        _ => null,
    };

    private static string Text(PortInterval ports) =>
        ports.First == ports.Last ? Number(ports.First) : $"{Number(ports.First)}:{Number(ports.Last)}";

    private static string Number(ushort number) => number.ToString(CultureInfo.InvariantCulture);
}
