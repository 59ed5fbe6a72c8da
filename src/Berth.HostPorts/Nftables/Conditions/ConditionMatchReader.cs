using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Reads one match after the other: a field, perhaps a comparison, and values.</summary>
internal sealed class ConditionMatchReader(ConditionTokens tokens, NfFamily family)
{
    private const string Matches =
        "a match begins with ip, ip6, tcp, udp, sctp, th, meta, iifname, oifname or mark";

    private readonly ConditionCompiler _compiler = new(family);
    private readonly ConditionOperandReader _operands = new(tokens);

    internal ConditionProgram Program => _compiler.Program;

    internal void Read()
    {
        ConditionField field = ReadField();
        DataValue? mask = field.Kind == ConditionFieldKind.Mark && (tokens.TakeIf("and") || tokens.TakeIf("&"))
            ? _operands.ReadValue(field)
            : null;
        ConditionToken place = tokens.Current;
        CompareOperator comparison = ReadComparison();
        IReadOnlyList<ConditionOperand> operands = _operands.Read(field, out bool isSet);
        if (comparison > CompareOperator.NotEqual && (isSet || operands[0].Form != ConditionOperandForm.Single))
        {
            throw tokens.Error(place, "a comparison of less or more takes one value");
        }

        if (comparison > CompareOperator.NotEqual && field.Kind == ConditionFieldKind.InterfaceName)
        {
            throw tokens.Error(place, "names are compared with == and !=");
        }

        // As nft does, a set of one is no set.
        if (operands.Count == 1)
        {
            _compiler.Compare(field, mask, comparison, operands[0]);
            return;
        }

        _compiler.LookUp(field, mask, comparison, operands);
    }

    private ConditionField ReadField()
    {
        string word = tokens.Keyword(out ConditionToken token);
        return word switch
        {
            "ip" => NetworkField(token, NfFamily.Ip, "protocol"),
            "ip6" => NetworkField(token, NfFamily.Ip6, "nexthdr"),
            "tcp" => TransportField(token, 6),
            "udp" => TransportField(token, 17),
            "sctp" => TransportField(token, 132),
            "th" => TransportField(token, null),
            "meta" => MetaField(tokens.Keyword(out ConditionToken key), key)
                ?? throw tokens.Error(key, "after meta, l4proto, iifname, oifname or mark is allowed"),
            not "l4proto" => MetaField(word, token) ?? throw tokens.Error(token, Matches),
            _ => throw tokens.Error(token, Matches + "; write meta l4proto"),
        };
    }

    private static ConditionField? MetaField(string word, ConditionToken token) => word switch
    {
        "l4proto" => ConditionField.TransportProtocol(),
        "iifname" => ConditionField.InterfaceName(MetaKey.InputInterfaceName),
        "oifname" => ConditionField.InterfaceName(MetaKey.OutputInterfaceName),
        "mark" => ConditionField.Mark(),
        _ => null,
    };

    private ConditionField NetworkField(ConditionToken token, NfFamily wanted, string protocol)
    {
        if (wanted != family)
        {
            throw tokens.Error(token, $"packets here are of {(family == NfFamily.Ip ? "IPv4: write ip" : "IPv6: write ip6")}");
        }

        string word = tokens.Keyword(out ConditionToken key);
        return word switch
        {
            "saddr" => ConditionField.SourceAddress(family),
            "daddr" => ConditionField.DestinationAddress(family),
            _ when word == protocol => ConditionField.HeaderProtocol(family),
            _ => throw tokens.Error(key, $"after {token.Text}, saddr, daddr or {protocol} is allowed"),
        };
    }

    private ConditionField TransportField(ConditionToken token, byte? protocol)
    {
        if (protocol is byte wanted && _compiler.KnownProtocol is byte known && known != wanted)
        {
            throw tokens.Error(token, "an earlier match demands another protocol, so nothing would match");
        }

        return tokens.Keyword(out ConditionToken key) switch
        {
            "sport" => ConditionField.SourcePort(protocol),
            "dport" => ConditionField.DestinationPort(protocol),
            _ => throw tokens.Error(key, $"after {token.Text}, sport or dport is allowed"),
        };
    }

    private CompareOperator ReadComparison()
    {
        CompareOperator? comparison = tokens.Current.Kind == ConditionTokenKind.Quoted ? null : tokens.Current.Text switch
        {
            "==" or "eq" => CompareOperator.Equal,
            "!=" or "ne" => CompareOperator.NotEqual,
            "<" or "lt" => CompareOperator.Less,
            "<=" or "le" => CompareOperator.LessOrEqual,
            ">" or "gt" => CompareOperator.Greater,
            ">=" or "ge" => CompareOperator.GreaterOrEqual,
            _ => null,
        };
        if (comparison is not null)
        {
            tokens.Take();
        }

        return comparison ?? CompareOperator.Equal;
    }
}
