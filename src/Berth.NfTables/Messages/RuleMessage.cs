using Berth.Netlink;
using Berth.Netlink.Netfilter;

namespace Berth.NfTables;

/// <summary>Rules on the wire.</summary>
internal static class RuleMessage
{
    private const int AttributeTable = 1;
    private const int AttributeChain = 2;
    private const int AttributeHandle = 3;
    private const int AttributeExpressions = 4;
    private const int AttributePosition = 6;
    private const int AttributeUserData = 7;
    private const int ListElement = 1;

    internal static NetlinkRequest Create(
        string verb, MessageKind kind, MessageFlags flags, Rule rule, ulong position = 0) =>
        NfTablesRequest.Create(
            $"{verb} rule in {rule.Family.ToText()} {rule.Table} {rule.Chain}",
            kind,
            rule.Family,
            flags,
            (ref MessageWriter writer) => Write(ref writer, kind, rule, position));

    /// <summary>All rules of a table, or of one of its chains; without a chain in a deletion, all of the table.</summary>
    internal static NetlinkRequest CreateForChain(string verb, MessageKind kind, NfFamily family, string table, string? chain) =>
        NfTablesRequest.Create(
            $"{verb} rules of {family.ToText()} {table} {chain}".TrimEnd(),
            kind,
            family,
            MessageFlags.None,
            (ref MessageWriter writer) =>
            {
                writer.PutString(AttributeTable, table);
                if (chain is not null)
                {
                    writer.PutString(AttributeChain, chain);
                }
            });

    internal static Rule Read(NetlinkMessage message)
    {
        NfFamily family = (NfFamily)NetfilterHeader.Read(message.Payload).Family;
        string table = "";
        string chain = "";
        ulong handle = 0;
        string? comment = null;
        List<Expression> expressions = [];
        foreach (NetlinkAttribute attribute in message.Attributes(NetfilterHeader.Size))
        {
            switch (attribute.Type)
            {
                case AttributeTable:
                    table = attribute.ReadString();
                    break;
                case AttributeChain:
                    chain = attribute.ReadString();
                    break;
                case AttributeHandle:
                    handle = attribute.ReadUInt64BigEndian();
                    break;
                case AttributeUserData:
                    comment = UserData.Comment(attribute.Value);
                    break;
                case AttributeExpressions:
                    foreach (NetlinkAttribute expression in attribute.Nested)
                    {
                        expressions.Add(Expression.Read(expression.Nested));
                    }

                    break;
                default:
                    break;
            }
        }

        return new Rule(family, table, chain, expressions) { Handle = handle, Comment = comment };
    }

    private static void Write(ref MessageWriter writer, MessageKind kind, Rule rule, ulong position)
    {
        writer.PutString(AttributeTable, rule.Table);
        writer.PutString(AttributeChain, rule.Chain);
        if (kind == MessageKind.DeleteRule)
        {
            writer.PutUInt64BigEndian(AttributeHandle, rule.Handle);
            return;
        }

        if (position != 0)
        {
            writer.PutUInt64BigEndian(AttributePosition, position);
        }

        int list = writer.BeginNest(AttributeExpressions);
        foreach (Expression expression in rule.Expressions)
        {
            int item = writer.BeginNest(ListElement);
            expression.Write(ref writer);
            writer.EndNest(item);
        }

        writer.EndNest(list);
        if (rule.Comment is not null)
        {
            writer.PutBytes(AttributeUserData, UserData.FromComment(rule.Comment));
        }
    }
}
