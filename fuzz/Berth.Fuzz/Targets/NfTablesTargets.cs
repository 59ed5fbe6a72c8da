using Berth.HostPorts.Nftables;
using Berth.Netlink;
using Berth.NfTables;

namespace Berth.Fuzz;

/// <summary>nf_tables objects, and what Berth reads out of them: its own records, and the reference plugin's rules.</summary>
internal static class NfTablesTargets
{
    private static readonly Type[] Declared = [typeof(NetlinkFormatException)];

    internal static IEnumerable<FuzzTarget> All()
    {
        yield return new FuzzTarget("nftables", InputShape.Netlink, ["nftables"], Declared, Objects);
        yield return new FuzzTarget("nftables-answers", InputShape.Netlink, ["nftables"], [typeof(NetlinkException)], Answers);
        yield return new FuzzTarget("conditions", InputShape.Lines, ["conditions"], [typeof(ConditionException)], Conditions)
        {
            MaxLength = 512,
            Words =
            [
                "ip", "ip6", "saddr", "daddr", "tcp", "udp", "sctp", "dport", "sport", "th", "meta", "iifname", "oifname", "mark", "ct",
                "state", "established", "!=", "==", "<", ">=", "and", "10.0.0.0/8", "fd00::/8", "10.0.0.1-10.0.0.9", "80-90", ",", "0x1/0xff",
            ],
        };
    }

    /// <summary>What of Berth's own and of the reference plugin's stands in an input: the readers behind it see no more than that.</summary>
    internal static IReadOnlySet<string> Records(byte[] bytes)
    {
        HashSet<string> records = [];
        void Note(object? record, string name) => _ = record is null || records.Add(name);
        try
        {
            NetlinkTargets.Each(bytes, Look);
        }
        catch (NetlinkFormatException)
        {
            // A datagram that is cut short ends there.
        }

        return records;

        void Look(NetlinkMessage message)
        {
            NetlinkTargets.Try(message, m =>
            {
                IReadOnlyList<Element> elements = ElementMessage.Read(m);
                foreach (Element element in elements)
                {
                    Note(AttachmentRecord.Parse(element), "attachment");
                    Note(LinkRecord.Parse(element), "link");
                    Note(SupersededClaim.Parse((NfFamily)m.Payload[0], element), "superseded claim");
                    MappingElement? mapping = MappingElement.From((NfFamily)m.Payload[0], element);
                    bool isRange = mapping?.HostPort < mapping?.HostPortEnd;
                    Note(mapping, $"{(isRange ? "range" : "mapping")}{(mapping?.HostAddress is null ? "" : " at an address")}");
                }

                return elements;
            });
            NetlinkTargets.Try(message, m =>
            {
                Rule rule = RuleMessage.Read(m);
                Note(ReferenceRule.Parse(rule)?.Mapping, "the reference's rule");
                return rule;
            });
        }
    }

    private static void Objects(byte[] bytes) => NetlinkTargets.Each(bytes, static message =>
    {
        NetlinkTargets.Try(message, static m => TableMessage.Read(m));
        NetlinkTargets.Try(message, static m => ChainMessage.Read(m));
        NetlinkTargets.Try(message, static m => SetMessage.Read(m));
        NetlinkTargets.Try(message, static m => GenerationMessage.Read(m));
        NetlinkTargets.Try(message, static m =>
        {
            Rule rule = RuleMessage.Read(m);
            _ = ReferenceRule.Parse(rule);

            // What was read can be written, and reads the same, but for padding that the last attribute lacked.
            foreach (Expression expression in rule.Expressions)
            {
                DataValue attributes = expression.ToAttributes();
                Expression again = Expression.FromAttributes(expression.Name, attributes.Bytes);
                if (!again.ToAttributes().Equals(attributes))
                {
                    throw new ContractException($"{expression} became {again}");
                }
            }

            return rule;
        });
        NetlinkTargets.Try(message, static m =>
        {
            IReadOnlyList<Element> elements = ElementMessage.Read(m);
            foreach (Element element in elements)
            {
                _ = OwnerComment.Parse(element.Comment);
                _ = AttachmentRecord.Parse(element);
                _ = LinkRecord.Parse(element);
                foreach (NfFamily family in (NfFamily[])[NfFamily.Ip, NfFamily.Ip6])
                {
                    _ = MappingElement.From(family, element);
                    _ = SupersededClaim.Parse(family, element);
                }
            }

            return elements;
        });
    });

    private static void Answers(byte[] input)
    {
        Set set = new(NfFamily.Ip, "t", "s", DataType.Mark);
        Transaction changes = new();
        changes.Add(new Table(NfFamily.Ip, "t"));
        Query query = new();
        query.Element(set, DataValue.FromHostUInt32(1));
        query.Generation();
        Action<NfTablesConnection>[] questions =
        [
            c => c.Tables(), c => c.Chains(), c => c.Rules(NfFamily.Ip, "t"), c => c.Sets(NfFamily.Ip, "t"), c => c.Elements(set),
            c => c.Generation(), c => c.Ask(query), c => c.Commit(changes), c => c.Commit(changes, new(7, null, null)),
        ];
        using NfTablesConnection connection = new(NetlinkTargets.Connection(input));
        NetlinkTargets.Pick(questions, input)(connection);
    }

    private static void Conditions(byte[] input)
    {
        string[] words = System.Text.Encoding.UTF8.GetString(input).Split('\n');
        foreach (NfFamily family in (NfFamily[])[NfFamily.Ip, NfFamily.Ip6])
        {
            try
            {
                ConditionProgram program = ConditionParser.Parse(words, family, "conditionsV4");
                if (program.Expressions.Count == 0)
                {
                    throw new ContractException("a condition that asks nothing");
                }
            }
            catch (ConditionException)
            {
                // Of the other family, perhaps.
            }
        }
    }
}
