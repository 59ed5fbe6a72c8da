using System.Net;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// A rule that the reference plugin's nftables backend made for a container: a mapping in "hostports" or
/// "hostip_hostports", or one in "masquerading". Its comment is the container's ID; neither network nor interface stands
/// in it.
/// </summary>
internal sealed class ReferenceRule
{
    private ReferenceRule(Rule rule, string container, IPAddress? pod, MappingElement? mapping)
    {
        Rule = rule;
        Container = container;
        Pod = pod;
        Mapping = mapping;
    }

    /// <summary>The rule as the kernel has it.</summary>
    internal Rule Rule { get; }

    /// <summary>CNI_CONTAINERID of whoever it was made for.</summary>
    internal string Container { get; }

    /// <summary>The pod's address that it is about; null when that is not understood.</summary>
    internal IPAddress? Pod { get; }

    /// <summary>The mapping; null of a rule that masquerades, or is not understood.</summary>
    internal MappingElement? Mapping { get; }

    /// <summary>Null when the rule is no container's, but part of the frame that all share.</summary>
    internal static ReferenceRule? Parse(Rule rule)
    {
        if (rule.Comment is not { Length: > 0 } container)
        {
            return null;
        }

        RuleText text = RuleText.Read(rule);
        MappingElement? mapping = text is { Protocol: byte protocol, HostPort: ushort port, Target: IPAddress target, TargetPort: ushort targetPort }
            ? new MappingElement(text.Destination, protocol, port, target, targetPort)
            : null;
        return new ReferenceRule(rule, container, mapping?.Pod ?? (text.Masquerades ? text.Destination : null), mapping);
    }

    /// <summary>What a rule asks of a packet, and does with it.</summary>
    private sealed class RuleText
    {
        internal IPAddress? Destination { get; private set; }

        internal byte? Protocol { get; private set; }

        internal ushort? HostPort { get; private set; }

        internal IPAddress? Target { get; private set; }

        internal ushort? TargetPort { get; private set; }

        internal bool Masquerades { get; private set; }

        internal static RuleText Read(Rule rule)
        {
            RuleText text = new();
            Dictionary<Register, DataValue> values = [];
            Expression? loaded = null;
            foreach (Expression expression in rule.Expressions)
            {
                switch (expression)
                {
                    case Meta or Payload:
                        loaded = expression;
                        break;
                    case Compare { Operator: CompareOperator.Equal } compare:
                        text.Asks(rule.Family, loaded, compare.Value);
                        break;
                    case Immediate { Destination: Register register } immediate:
                        values[register] = immediate.Value;
                        break;
                    case Nat { Type: NatType.Destination } nat:
                        text.Target = Value(values, nat.Address) is { Length: 4 or 16 } address ? address.ToAddress() : null;
                        text.TargetPort = Value(values, nat.Port) is { Length: >= sizeof(ushort) } port ? port.ToPort() : null;
                        break;
                    case Masquerade:
                        text.Masquerades = true;
                        break;
                    default:
                        break;
                }
            }

            return text;
        }

        private static DataValue? Value(Dictionary<Register, DataValue> values, Register? register) =>
            register is Register some && values.TryGetValue(some, out DataValue value) ? value : null;

        private void Asks(NfFamily family, Expression? loaded, DataValue value)
        {
            switch (loaded)
            {
                case Meta { Key: MetaKey.TransportProtocol } when value.Length > 0:
                    Protocol = value.Bytes[0];
                    break;
                case Payload port when port == Payload.DestinationPort(port.Destination) && value.Length == sizeof(ushort):
                    HostPort = value.ToPort();
                    break;
                case Payload address when address == Payload.DestinationAddress(address.Destination, family)
                    && value.Length is 4 or 16:
                    Destination = value.ToAddress();
                    break;
                default:
                    break;
            }
        }
    }
}
