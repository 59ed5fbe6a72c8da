using System.Net;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>What a rule does.</summary>
internal sealed partial class NftRuleText
{
    private const uint NatPrefix = 0x40; // NF_NAT_RANGE_NETMAP

    private bool Set(NftOperand? target, Register source)
    {
        if (target is null || At(source) is not NftOperand operand)
        {
            return false;
        }

        string? value = operand.Constant is DataValue constant
            ? Grouped(_values.Format(target.Type, constant, target.IsHostOrder) ?? "", "")
            : Written(operand)?.Text;
        return value is { Length: > 0 } && Add($"{target.Text} set {value}");
    }

    // A field that takes whole bytes; of one that shares them with another nft loads and writes both.
    private bool Set(PayloadWrite write)
    {
        Payload payload = new(write.Source, write.Base, write.Offset, write.Length);
        NftHeader? header = HeaderOf(payload);
        if (header is not null && header != NftHeader.AnyTransport)
        {
            Require(header.Layer);
        }

        return header?.Field(write.Offset * 8, write.Length * 8) is NftHeaderField field
            && Set(new NftOperand($"{header.Name} {field.Name}", field.Type, write.Length), write.Source);
    }

    private static string NatFlags(uint flags)
    {
        List<string> names = [];
        foreach ((uint bit, string name) in (ReadOnlySpan<(uint, string)>)[(4, "random"), (16, "fully-random"), (8, "persistent")])
        {
            if ((flags & bit) != 0)
            {
                names.Add(name);
            }
        }

        return names.Count == 0 ? "" : $" {string.Join(',', names)}";
    }

    private bool Rewrite(Nat nat)
    {
        string verb = nat.Type == NatType.Source ? "snat" : "dnat";
        bool isPrefix = (nat.Flags & NatPrefix) != 0;
        bool isIPv6 = nat.Family == NfFamily.Ip6;
        NftOperand? whole = nat.Address is Register first ? At(first) : null;
        bool isConcatenated = whole?.Fields is not null;
        if (!TryAddress(nat.Address, nat.AddressMax, isIPv6, isPrefix, brackets: nat.Port is not null, out string address))
        {
            return false;
        }

        // A map of addresses and ports gives both.
        string port = "";
        if (nat.Port is not null && !isConcatenated && !TryPorts(nat.Port, nat.PortMax, out port))
        {
            return false;
        }

        bool isMixed = _family is not (NfFamily.Ip or NfFamily.Ip6);
        string family = (isMixed && nat.Address is not null) || isConcatenated || isPrefix ? (isIPv6 ? " ip6" : " ip") : "";
        if (isMixed && nat.Address is not null)
        {
            Require(PayloadBase.Network);
        }

        return Add($"{verb}{family}{(isPrefix ? " prefix" : "")} to {address}{port}{NatFlags(nat.Flags)}");
    }

    private bool Rewrite(string verb, Register? port, Register? portMax, uint flags)
    {
        string ports = "";
        return (port is null || TryPorts(port, portMax, out ports))
            && Add($"{verb}{(ports.Length > 0 ? " to " : "")}{ports}{NatFlags(flags)}");
    }

    private bool TryAddress(Register? first, Register? last, bool isIPv6, bool isPrefix, bool brackets, out string text)
    {
        text = "";
        if (first is null)
        {
            return true;
        }

        if (At(first.Value) is not NftOperand operand)
        {
            return false;
        }

        if (operand.Constant is null)
        {
            // A map of ranges has both ends in it.
            text = operand.Text;
            return text.Length > 0 && (last is null || isPrefix || operand.Length > (isIPv6 ? 16 : 4));
        }

        if (Address(operand) is not IPAddress from)
        {
            return false;
        }

        string Bracketed(IPAddress address) => isIPv6 && brackets ? $"[{address}]" : address.ToString();
        text = Bracketed(from);
        if (last is Register max)
        {
            if (At(max) is not NftOperand { Constant: not null } end || Address(end) is not IPAddress to)
            {
                return false;
            }

            text += $"-{Bracketed(to)}";
        }

        return true;
    }

    private static IPAddress? Address(NftOperand operand) =>
        operand.Constant is DataValue { Length: 4 or 16 } value ? value.ToAddress() : null;

    private bool TryPorts(Register? first, Register? last, out string text)
    {
        text = "";
        if (first is not Register port || At(port) is not NftOperand operand)
        {
            return false;
        }

        if (operand.Constant is not DataValue from)
        {
            text = $":{operand.Text}";
            return operand.Text.Length > 0 && last is null;
        }

        if (from.Length < 2)
        {
            return false;
        }

        text = FormattableString.Invariant($":{from.ToPort()}");
        if (last is Register max)
        {
            if (At(max)?.Constant is not DataValue { Length: >= 2 } to)
            {
                return false;
            }

            text += FormattableString.Invariant($"-{to.ToPort()}");
        }

        return true;
    }

    private bool Proxy(TransparentProxy proxy)
    {
        bool isIPv6 = proxy.Family == NfFamily.Ip6;
        string port = "";
        if (!TryAddress(proxy.Address, null, isIPv6, false, brackets: proxy.Port is not null, out string address)
            || (proxy.Port is not null && !TryPorts(proxy.Port, null, out port)))
        {
            return false;
        }

        bool isMixed = _family is not (NfFamily.Ip or NfFamily.Ip6) && proxy.Address is not null;
        if (isMixed)
        {
            Require(PayloadBase.Network);
        }

        return Add($"tproxy{(isMixed ? (isIPv6 ? " ip6" : " ip") : "")} to {address}{port}");
    }

    private bool Refuse(Reject reject)
    {
        bool isMixed = _family is not (NfFamily.Ip or NfFamily.Ip6);
        if (reject.Type == RejectType.Reset)
        {
            if (!isMixed)
            {
                Require(PayloadBase.Transport);
            }

            return Add("reject with tcp reset");
        }

        if (reject.Type == RejectType.Either)
        {
            return Add(reject.Code == 1
                ? "reject"
                : $"reject with icmpx {_values.Format(NftType.IcmpxCode, DataValue.FromByte(reject.Code), false)}");
        }

        bool isIPv6 = _network == NftHeader.Ip6;
        if (_network is null)
        {
            return false;
        }

        if (isMixed)
        {
            Require(PayloadBase.Network);
        }

        const byte PortUnreachable = 3;
        const byte PortUnreachable6 = 4;
        return Add(!isMixed && reject.Code == (isIPv6 ? PortUnreachable6 : PortUnreachable)
            ? "reject"
            : $"reject with {(isIPv6 ? "icmpv6" : "icmp")} "
                + _values.Format(isIPv6 ? NftType.Icmpv6Code : NftType.IcmpCode, DataValue.FromByte(reject.Code), false));
    }

    private bool Queue(ToQueue queue)
    {
        const uint Bypass = 1;
        const uint Fanout = 2;
        string flags = (queue.Flags & (Bypass | Fanout)) switch
        {
            Bypass => " flags bypass",
            Fanout => " flags fanout",
            Bypass | Fanout => " flags bypass,fanout",
            _ => "",
        };
        string? number = queue.Source is Register source
            ? At(source) is NftOperand operand ? Written(operand)?.Text : null
            : FormattableString.Invariant($"{queue.Number}") + (queue.Count > 1 ? FormattableString.Invariant($"-{queue.Number + queue.Count - 1}") : "");
        return number is not null && Add($"queue{flags} to {number}");
    }

    private bool Update(SetUpdate update)
    {
        if (_sets(update.Set) is not RulesetSet set || Concatenation(update.Key, set.KeyType.Length) is not { Count: > 0 } keys)
        {
            return false;
        }

        string element = Join(keys);
        element += update.Timeout is > 0 and ulong timeout ? $" timeout {NftValueText.Duration(timeout)}" : "";
        foreach (Expression expression in update.Expressions)
        {
            string? text = expression switch
            {
                Counter => "counter",
                UnknownExpression unknown => DecodedExpression.Of(unknown) switch
                {
                    RateLimit limit => NftStatementText.Of(limit),
                    Quota quota => NftStatementText.Of(quota),
                    ConnectionLimit limit => NftStatementText.Of(limit),
                    _ => null,
                },
                _ => null,
            };
            if (text is null)
            {
                return false;
            }

            element += $" {text}";
        }

        if (update.Data is Register data)
        {
            List<NftType> types = set.ValueType is DataType type ? NftSetText.Types(type) : [];
            string? value = At(data) switch
            {
                { Constant: DataValue constant } when types.Count == 1 =>
                    _values.Format(types[0], constant, NftValueText.IsHostOrder(types[0])),
                { Constant: null } when Concatenation(data, set.ValueType?.Length ?? 0) is { Count: > 0 } operands => Join(operands),
                _ => null,
            };
            if (value is null)
            {
                return false;
            }

            element += $" : {value}";
        }

        return Add($"{update.Operation.ToString().ToLowerInvariant()} @{update.Set} {{ {element} }}");
    }
}
