using System.Net;
using System.Net.Sockets;
using Berth.Netlink;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// Reads a rule of nf_tables: what its expressions load into registers and compare there becomes a selection, and each
/// element that it may find in a set or map a case of its own.
/// </summary>
internal sealed class NftRuleReader
{
    private const int Words = 16;

    private readonly AddressFamily? _family;
    private readonly Dictionary<string, RulesetSet> _sets;
    private readonly RulesetRule _rule;
    private readonly NftWord[] _words = new NftWord[Words];
    private List<Alternative> _alternatives;
    private string? _comment;

    internal NftRuleReader(AddressFamily? family, Dictionary<string, RulesetSet> sets, RulesetRule rule)
    {
        _family = family;
        _sets = sets;
        _rule = rule;
        _comment = rule.Comment;
        _alternatives = [new Alternative(new RuleCase(Selection.Any with { Family = family }, RuleEffect.Continue))];
    }

    internal IReadOnlyList<RuleCase> Read()
    {
        foreach (Expression expression in _rule.Expressions)
        {
            Step(expression);
        }

        List<RuleCase> cases = [];
        foreach (Alternative alternative in _alternatives)
        {
            cases.Add(alternative.Case with { Comment = alternative.Case.Comment ?? _comment });
        }

        return cases;
    }

    private void Step(Expression expression)
    {
        switch (expression)
        {
            case Payload payload:
                Load(payload.Destination, FieldOf(payload), payload.Length, FamilyOf(payload));
                break;
            case Meta { Destination: Register destination } meta:
                Load(destination, meta.Key switch
                {
                    MetaKey.TransportProtocol => NftField.Protocol,
                    MetaKey.NetworkProtocol => NftField.NetworkFamily,
                    _ => NftField.Other,
                }, meta.Key is MetaKey.InputInterfaceName or MetaKey.OutputInterfaceName ? 16 : 4);
                break;
            case ConntrackExpression { Destination: Register destination }:
                Load(destination, NftField.Other, 16);
                break;
            case Fib fib:
                bool isType = fib is { Result: FibResult.AddressType, Flags: FibFlags.DestinationAddress };
                Load(fib.Destination, isType ? NftField.DestinationType : NftField.Other, 4);
                break;
            case Bitwise bitwise:
                Mask(bitwise);
                break;
            case ByteOrder order:
                Load(order.Destination, NftField.Other, 4);
                break;
            case Immediate { Verdict: Verdict verdict }:
                Decide(verdict, null);
                break;
            case Immediate { Destination: Register destination } immediate:
                LoadConstant(destination, immediate.Value);
                break;
            case Compare compare:
                Compared(compare);
                break;
            case RangeCompare range:
                Ranged(range);
                break;
            case Lookup lookup:
                LookUp(lookup);
                break;
            case Nat { Type: NatType.Destination } nat:
                Rewrite(nat);
                break;
            case UnknownExpression unknown:
                Unknown(unknown);
                break;
            default:
                // Counters, what sets marks, and what rewrites sources.
                break;
        }
    }

    private NftField FieldOf(Payload payload) => (payload.Base, payload.Offset, payload.Length) switch
    {
        (PayloadBase.Transport, 2, 2) => NftField.DestinationPort,
        (PayloadBase.Network, 16, <= 4) when _family != AddressFamily.InterNetworkV6 => NftField.DestinationAddress,
        (PayloadBase.Network, 24, <= 16) when _family != AddressFamily.InterNetwork => NftField.DestinationAddress,
        (PayloadBase.Network, 9, 1) when _family == AddressFamily.InterNetwork => NftField.Protocol,
        (PayloadBase.Network, 6, 1) when _family == AddressFamily.InterNetworkV6 => NftField.Protocol,
        _ => NftField.Other,
    };

    private static AddressFamily? FamilyOf(Payload payload) => (payload.Base, payload.Offset) switch
    {
        (PayloadBase.Network, 16) => AddressFamily.InterNetwork,
        (PayloadBase.Network, 24) => AddressFamily.InterNetworkV6,
        _ => null,
    };

    private void Load(Register destination, NftField field, int length, AddressFamily? family = null)
    {
        for (int i = 0; i < Math.Max(1, (length + 3) / 4) && destination.Word + i < Words; i++)
        {
            _words[destination.Word + i] = new NftWord(field, i, length) { Family = family };
        }
    }

    private void LoadConstant(Register destination, DataValue value)
    {
        for (int i = 0; i < (value.Length + 3) / 4 && destination.Word + i < Words; i++)
        {
            byte[] word = value.Bytes[(4 * i)..Math.Min(value.Length, (4 * i) + 4)].ToArray();
            _words[destination.Word + i] = new NftWord(NftField.Constant, i, word.Length) { Value = word };
        }
    }

    private void Mask(Bitwise bitwise)
    {
        for (int i = 0; i < (bitwise.Mask.Length + 3) / 4 && Math.Max(bitwise.Source.Word, bitwise.Destination.Word) + i < Words; i++)
        {
            NftWord word = _words[bitwise.Source.Word + i];
            int end = Math.Min(bitwise.Mask.Length, (4 * i) + 4);
            bool isPlain = bitwise.Xor.Bytes.IndexOfAnyExcept((byte)0) < 0 && word.Mask.IsEmpty;
            _words[bitwise.Destination.Word + i] = isPlain
                ? word with { Mask = bitwise.Mask.Bytes[(4 * i)..end].ToArray() }
                : new NftWord(NftField.Other, i, 4);
        }
    }

    private void Compared(Compare compare)
    {
        NftWord word = _words[compare.Source.Word];
        bool isEqual = compare.Operator == CompareOperator.Equal;
        if (word.Field == NftField.Random)
        {
            Change(static item => item with { IsShare = true });
        }
        else if (word.Word != 0 || (!isEqual && compare.Operator != CompareOperator.NotEqual)
            || Part(word, compare.Source.Word, compare.Value, compare.Value) is not Selection selection)
        {
            Restrict();
        }
        else if (isEqual)
        {
            Restrict(selection);
        }
        else if (selection is { Destination: not null } or { Ports: not null })
        {
            Change(alternative => alternative with { Exclusions = [.. alternative.Exclusions, selection] });
        }
        else
        {
            Restrict();
        }
    }

    private void Ranged(RangeCompare range)
    {
        NftWord word = _words[range.Source.Word];
        if (range.Operator == CompareOperator.Equal && word.Mask.IsEmpty
            && Part(word, range.Source.Word, range.From, range.To) is Selection selection)
        {
            Restrict(selection);
        }
        else
        {
            Restrict();
        }
    }

    // What it means that a field lies between two values; null when that is not a selection.
    private Selection? Part(NftWord word, int register, DataValue from, DataValue to)
    {
        bool isOne = from == to;
        switch (word.Field)
        {
            case NftField.Protocol when isOne && from.Length > 0 && word.Mask.IsEmpty:
                return Selection.Any with { Protocol = from.Bytes[0] };
            case NftField.DestinationPort when from.Length >= 2 && to.Length >= 2 && word.Mask.IsEmpty:
                return Selection.Any with { Ports = new PortInterval(from.ToPort(), to.ToPort()) };
            case NftField.DestinationType when isOne && from.Length == 4 && word.Mask.IsEmpty:
                return BitConverter.ToUInt32(from.Bytes) == Fib.TypeLocal ? Selection.Any with { IsLocal = true } : null;
            case NftField.NetworkFamily when isOne && from.Length > 0:
                return from.Bytes[0] switch
                {
                    2 => Selection.Any with { Family = AddressFamily.InterNetwork },
                    10 => Selection.Any with { Family = AddressFamily.InterNetworkV6 },
                    _ => null,
                };
            case NftField.DestinationAddress:
                return AddressRange.ToNetwork(word.Family ?? _family, from.Bytes, to.Bytes, MaskOf(register, from.Length)) is IPNetwork network
                    ? Selection.Any with { Destination = network, Family = network.BaseAddress.AddressFamily }
                    : null;
            default:
                return null;
        }
    }

    private byte[]? MaskOf(int register, int length)
    {
        List<byte> mask = [];
        for (int i = 0; 4 * i < length && register + i < Words; i++)
        {
            if (_words[register + i].Mask.IsEmpty)
            {
                return null;
            }

            mask.AddRange(_words[register + i].Mask.Span);
        }

        return [.. mask];
    }

    private void LookUp(Lookup lookup)
    {
        if (!_sets.TryGetValue(lookup.Set, out RulesetSet? set))
        {
            Restrict();
            return;
        }

        bool isAnonymous = (set.Flags & SetFlags.Anonymous) != 0;
        List<(Selection? Selection, Element Element)> elements = [];
        foreach ((Element element, DataValue last) in SetIntervals.Of(set))
        {
            elements.Add((KeyOf(lookup.Source.Word, element.Key, last), element));
        }

        if (lookup.IsInverted)
        {
            Selection[] left = [.. elements.Where(static item => item.Selection is not null).Select(static item => item.Selection!)];
            Change(item => item with { Exclusions = [.. item.Exclusions, .. left] });
            return;
        }

        List<Alternative> next = [];
        foreach (Alternative alternative in _alternatives)
        {
            if (alternative.Case.Effect != RuleEffect.Continue)
            {
                next.Add(alternative);
                continue;
            }

            foreach ((Selection? selection, Element element) in elements)
            {
                Selection? both = selection is null ? alternative.Case.Selection : alternative.Case.Selection.And(selection);
                if (both is null)
                {
                    continue;
                }

                RuleCase found = alternative.Case with
                {
                    Selection = both,
                    IsConditional = alternative.Case.IsConditional || selection is null,
                    IsShare = alternative.Case.IsShare || _words[lookup.Source.Word].Field == NftField.Random,
                    Comment = element.Comment ?? alternative.Case.Comment,
                    Map = isAnonymous ? alternative.Case.Map : set.Name,
                };
                next.Add(lookup.IsVerdict && element.Verdict is Verdict verdict
                    ? new Alternative(Decided(found, verdict))
                    : new Alternative(found)
                    {
                        Bound = element.Value ?? alternative.Bound,
                        BoundWord = lookup.Destination?.Word ?? alternative.BoundWord,
                    });
            }
        }

        _alternatives = next;
    }

    // What a key selects; null when a part of it is none of the fields that are known here.
    private Selection? KeyOf(int register, DataValue first, DataValue last)
    {
        Selection? selection = Selection.Any;
        int offset = 0;
        while (offset < first.Length && register + (offset / 4) < Words && selection is not null)
        {
            NftWord word = _words[register + (offset / 4)];
            if (word.Field == NftField.Random)
            {
                return selection;
            }

            int length = Math.Min(Math.Max(word.Length, 1), first.Length - offset);
            selection = Part(word, register + (offset / 4), first.Field(offset, length), last.Field(offset, length)) is Selection part
                ? selection.And(part)
                : null;
            offset += DataValue.PaddedLength(length);
        }

        return selection;
    }

    private void Rewrite(Nat nat)
    {
        AddressFamily family = nat.Family == NfFamily.Ip6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        int addressLength = family == AddressFamily.InterNetworkV6 ? 16 : 4;
        Finish(alternative =>
        {
            byte[]? address = nat.Address is Register at ? ValueOf(alternative, at.Word, addressLength) : null;
            byte[]? port = nat.Port is Register first ? ValueOf(alternative, first.Word, 2) : null;
            byte[]? end = nat.PortMax is Register second ? ValueOf(alternative, second.Word, 2) : port;
            return alternative.Case with
            {
                Selection = alternative.Case.Selection.And(Selection.Any with { Family = family }) ?? alternative.Case.Selection,
                Effect = RuleEffect.Rewrite,
                Address = address is null ? null : new IPAddress(address),
                Ports = port is null ? null : new PortInterval(ToPort(port), ToPort(end ?? port)),
            };
        });
    }

    private static ushort ToPort(byte[] bytes) => DataValue.FromBytes(bytes).ToPort();

    // What a register holds in one alternative; null when that is not known.
    private byte[]? ValueOf(Alternative alternative, int register, int length)
    {
        int offset = (register - alternative.BoundWord) * 4;
        if (alternative.BoundWord >= 0 && offset >= 0 && offset + length <= alternative.Bound.Length)
        {
            return alternative.Bound.Field(offset, length).Bytes.ToArray();
        }

        List<byte> bytes = [];
        for (int i = register; bytes.Count < length && i < Words && _words[i].Field == NftField.Constant; i++)
        {
            bytes.AddRange(_words[i].Value.Span);
        }

        return bytes.Count >= length ? [.. bytes[..length]] : null;
    }

    private void Unknown(UnknownExpression expression)
    {
        switch (expression.KindName)
        {
            case "match":
                Match(ExtensionData.Read(expression));
                break;
            case "target":
                Target(ExtensionData.Read(expression));
                break;
            case "numgen" when DestinationOf(expression, 1) is Register destination:
                Load(destination, NftField.Random, 4);
                break;
            case "hash" when DestinationOf(expression, 2) is Register destination:
                Load(destination, NftField.Random, 4);
                break;
            case "redir":
                Register? port = DestinationOf(expression, 1);
                Finish(alternative => alternative.Case with
                {
                    Effect = RuleEffect.Rewrite,
                    IsRedirect = true,
                    Ports = port is Register at && ValueOf(alternative, at.Word, 2) is byte[] bytes
                        ? new PortInterval(ToPort(bytes), ToPort(bytes))
                        : null,
                });
                break;
            case "reject":
                Finish(static alternative => alternative.Case with { Effect = RuleEffect.Stop });
                break;
            case "log" or "notrack" or "objref":
                break;
            default:
                // What it does to registers and packets is not known: nothing that was loaded before counts any more.
                Array.Clear(_words);
                Restrict();
                break;
        }
    }

    private static Register? DestinationOf(UnknownExpression expression, int type)
    {
        foreach (NetlinkAttribute attribute in new AttributeReader(expression.Data.Bytes))
        {
            if (attribute.Type == type && attribute.Value.Length == 4)
            {
                return Register.FromNumber(attribute.ReadUInt32BigEndian());
            }
        }

        return null;
    }

    private void Match(ExtensionData match)
    {
        switch (match.Name)
        {
            case "comment":
                _comment = match.Comment;
                break;
            case "statistic":
                Change(static item => item with { IsShare = true });
                break;
            case "addrtype" when match.IsLocalDestination():
                Restrict(Selection.Any with { IsLocal = true });
                break;
            case "tcp" or "udp" when match.DestinationPorts() is PortInterval ports:
                if (ports != new PortInterval(0, ushort.MaxValue))
                {
                    Restrict(Selection.Any with { Ports = ports });
                }

                break;
            case "multiport" when match.MultiportDestinations() is List<PortInterval> many:
                List<Alternative> next = [];
                foreach (Alternative alternative in _alternatives)
                {
                    foreach (PortInterval ports in many)
                    {
                        if (alternative.Case.Selection.And(Selection.Any with { Ports = ports }) is Selection both)
                        {
                            next.Add(alternative with { Case = alternative.Case with { Selection = both } });
                        }
                    }
                }

                _alternatives = next;
                break;
            default:
                Restrict();
                break;
        }
    }

    private void Target(ExtensionData target)
    {
        switch (target.Name)
        {
            case "DNAT" or "REDIRECT":
                (IPAddress? address, PortInterval? ports) = target.NatRange(_family);
                Finish(alternative => alternative.Case with
                {
                    Effect = RuleEffect.Rewrite,
                    Address = address,
                    Ports = ports,
                    IsRedirect = target.Name == "REDIRECT",
                });
                break;
            default:
                // Marks, logs: they decide nothing about the destination.
                break;
        }
    }

    private void Decide(Verdict verdict, string? comment) => Finish(alternative => Decided(alternative.Case, verdict) with
    {
        Comment = comment ?? alternative.Case.Comment,
    });

    private static RuleCase Decided(RuleCase item, Verdict verdict) => item with
    {
        Effect = verdict.Kind switch
        {
            VerdictKind.Jump => RuleEffect.Jump,
            VerdictKind.Goto => RuleEffect.Goto,
            VerdictKind.Return => RuleEffect.Return,
            VerdictKind.Accept or VerdictKind.Drop or VerdictKind.Queue => RuleEffect.Stop,
            _ => RuleEffect.Continue,
        },
        Chain = verdict.Chain,
    };

    // A condition that is not a selection.
    private void Restrict() => Change(static item => item with { IsConditional = true });

    private void Restrict(Selection selection)
    {
        List<Alternative> next = [];
        foreach (Alternative alternative in _alternatives)
        {
            if (alternative.Case.Effect != RuleEffect.Continue)
            {
                next.Add(alternative);
            }
            else if (alternative.Case.Selection.And(selection) is Selection both)
            {
                next.Add(alternative with { Case = alternative.Case with { Selection = both } });
            }
        }

        _alternatives = next;
    }

    private void Change(Func<RuleCase, RuleCase> change) => Finish(alternative => change(alternative.Case));

    // Only what nothing was decided about goes on in a rule.
    private void Finish(Func<Alternative, RuleCase> change)
    {
        for (int i = 0; i < _alternatives.Count; i++)
        {
            if (_alternatives[i].Case.Effect == RuleEffect.Continue)
            {
                _alternatives[i] = _alternatives[i] with { Case = change(_alternatives[i]) };
            }
        }
    }

    private sealed record Alternative(RuleCase Case)
    {
        /// <summary>The data of the element that was found, and where they went.</summary>
        internal DataValue Bound { get; init; }

        internal int BoundWord { get; init; } = -1;
    }
}
