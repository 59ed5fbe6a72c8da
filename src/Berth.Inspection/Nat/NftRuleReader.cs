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
    private readonly AddressFamily? _family;
    private readonly Dictionary<string, RulesetSet> _sets;
    private readonly RulesetRule _rule;
    private readonly NftRegisters _registers;
    private readonly RuleAlternatives _alternatives;
    private readonly NftExtensionReader _extensions;

    internal NftRuleReader(AddressFamily? family, Dictionary<string, RulesetSet> sets, RulesetRule rule)
    {
        _family = family;
        _sets = sets;
        _rule = rule;
        _registers = new NftRegisters(family);
        _alternatives = new RuleAlternatives(family, _registers);
        _extensions = new NftExtensionReader(family, _registers, _alternatives);
    }

    internal IReadOnlyList<RuleCase> Read()
    {
        foreach (Expression expression in _rule.Expressions)
        {
            Step(expression);
        }

        string? comment = _extensions.Comment ?? _rule.Comment;
        return [.. _alternatives.Cases.Select(item => item with { Comment = item.Comment ?? comment })];
    }

    private void Step(Expression expression)
    {
        switch (expression)
        {
            case Payload payload:
                _registers.Load(payload.Destination, FieldOf(payload), payload.Length, FamilyOf(payload));
                break;
            case Meta { Destination: Register destination } meta:
                _registers.Load(destination, meta.Key switch
                {
                    MetaKey.TransportProtocol => NftField.Protocol,
                    MetaKey.NetworkProtocol => NftField.NetworkFamily,
                    _ => NftField.Other,
                }, meta.Key is MetaKey.InputInterfaceName or MetaKey.OutputInterfaceName ? 16 : 4);
                break;
            case ConntrackExpression { Destination: Register destination }:
                _registers.Load(destination, NftField.Other, 16);
                break;
            case Fib fib:
                bool isType = fib is { Result: FibResult.AddressType, Flags: FibFlags.DestinationAddress };
                _registers.Load(fib.Destination, isType ? NftField.DestinationType : NftField.Other, 4);
                break;
            case Bitwise bitwise:
                _registers.Mask(bitwise);
                break;
            case ByteOrder order:
                _registers.Load(order.Destination, NftField.Other, 4);
                break;
            case Immediate { Verdict: Verdict verdict }:
                Decide(verdict, null);
                break;
            case Immediate { Destination: Register destination } immediate:
                _registers.LoadConstant(destination, immediate.Value);
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
                _extensions.Read(unknown);
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

    private void Compared(Compare compare)
    {
        NftWord word = _registers[compare.Source.Word];
        bool isEqual = compare.Operator == CompareOperator.Equal;
        if (word.Field == NftField.Random)
        {
            _alternatives.Change(static item => item with { IsShare = true });
        }
        else if (word.Word == 0 && BoundOf(compare) is Selection bound)
        {
            _alternatives.Restrict(bound);
        }
        else if (word.Word != 0 || (!isEqual && compare.Operator != CompareOperator.NotEqual)
            || _registers.Part(compare.Source.Word, compare.Value, compare.Value) is not Selection selection)
        {
            _alternatives.Restrict();
        }
        else if (isEqual)
        {
            _alternatives.Restrict(selection);
        }
        else if (selection is { Destination: not null } or { Ports: not null })
        {
            _alternatives.Change(alternative => alternative with { Exclusions = [.. alternative.Exclusions, selection] });
        }
        else
        {
            _alternatives.Restrict();
        }
    }

    // nft writes an interval as two comparisons: not below its first port, not above its last.
    private Selection? BoundOf(Compare compare)
    {
        if (_registers.Part(compare.Source.Word, compare.Value, compare.Value) is not { Ports: { First: var port } } selection)
        {
            return null;
        }

        return compare.Operator switch
        {
            CompareOperator.GreaterOrEqual => selection with { Ports = new PortInterval(port, ushort.MaxValue) },
            CompareOperator.Greater when port < ushort.MaxValue => selection with { Ports = new PortInterval((ushort)(port + 1), ushort.MaxValue) },
            CompareOperator.LessOrEqual => selection with { Ports = new PortInterval(0, port) },
            CompareOperator.Less when port > 0 => selection with { Ports = new PortInterval(0, (ushort)(port - 1)) },
            _ => null,
        };
    }

    private void Ranged(RangeCompare range)
    {
        if (range.Operator == CompareOperator.Equal && _registers[range.Source.Word].Mask.IsEmpty
            && _registers.Part(range.Source.Word, range.From, range.To) is Selection selection)
        {
            _alternatives.Restrict(selection);
        }
        else
        {
            _alternatives.Restrict();
        }
    }

    private void LookUp(Lookup lookup)
    {
        if (!_sets.TryGetValue(lookup.Set, out RulesetSet? set))
        {
            _alternatives.Restrict();
            return;
        }

        bool isAnonymous = (set.Flags & SetFlags.Anonymous) != 0;
        List<(Selection? Selection, Element Element)> elements = [];
        foreach ((Element element, DataValue last) in SetIntervals.Of(set))
        {
            elements.Add((_registers.KeyOf(lookup.Source.Word, element.Key, last), element));
        }

        if (lookup.IsInverted)
        {
            Selection[] left = [.. elements.Where(static item => item.Selection is not null).Select(static item => item.Selection!)];
            _alternatives.Change(item => item with { Exclusions = [.. item.Exclusions, .. left] });
            return;
        }

        bool isShare = _registers[lookup.Source.Word].Field == NftField.Random;
        _alternatives.Split(alternative => elements.SelectMany(item => Found(alternative, item.Selection, item.Element)));

        IEnumerable<RuleAlternatives.Alternative> Found(RuleAlternatives.Alternative alternative, Selection? selection, Element element)
        {
            foreach (RuleAlternatives.Alternative within in alternative.Within(selection ?? Selection.Any))
            {
                RuleCase found = within.Case with
                {
                    IsConditional = within.Case.IsConditional || selection is null,
                    IsShare = within.Case.IsShare || isShare,
                    Comment = element.Comment ?? within.Case.Comment,
                    Map = isAnonymous ? within.Case.Map : set.Name,
                };
                yield return lookup.IsVerdict && element.Verdict is Verdict verdict
                    ? new RuleAlternatives.Alternative(Decided(found, verdict))
                    : new RuleAlternatives.Alternative(found)
                    {
                        Bound = element.Value ?? within.Bound,
                        BoundWord = lookup.Destination?.Word ?? within.BoundWord,
                    };
            }
        }
    }

    private void Rewrite(Nat nat)
    {
        AddressFamily family = nat.Family == NfFamily.Ip6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        int addressLength = family == AddressFamily.InterNetworkV6 ? 16 : 4;
        _alternatives.Finish(alternative =>
        {
            byte[]? address = nat.Address is Register at ? _alternatives.ValueOf(alternative, at.Word, addressLength) : null;
            byte[]? port = nat.Port is Register first ? _alternatives.ValueOf(alternative, first.Word, 2) : null;
            byte[]? end = nat.PortMax is Register second ? _alternatives.ValueOf(alternative, second.Word, 2) : port;
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

    private void Decide(Verdict verdict, string? comment) => _alternatives.Finish(alternative => Decided(alternative.Case, verdict) with
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
}
