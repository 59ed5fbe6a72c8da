using Berth.Netlink;
using Berth.Netlink.Netfilter;

namespace Berth.NfTables;

/// <summary>Elements on the wire.</summary>
internal static class ElementMessage
{
    private const int AttributeTable = 1;
    private const int AttributeSet = 2;
    private const int AttributeElements = 3;
    private const int AttributeSetId = 4;
    private const int ListElement = 1;
    private const int ElementKey = 1;
    private const int ElementData = 2;
    private const int ElementFlags = 3;
    private const int ElementUserData = 6;
    private const int ElementExpression = 7;
    private const int ElementKeyEnd = 10;
    private const int ElementExpressions = 11;
    private const int ExpressionName = 1;
    private const uint FlagIntervalEnd = 1;

    // The list of elements is one attribute, whose length has 16 bits. Half of that leaves room for any element.
    private const int MaxListLength = 32 * 1024;

    /// <summary>Splits elements into as many messages as their size needs.</summary>
    internal static List<NetlinkRequest> Create(
        string verb, MessageKind kind, MessageFlags flags, Set set, Element[] elements)
    {
        List<NetlinkRequest> requests = [];
        int start = 0;
        while (start < elements.Length)
        {
            int end = start;
            int length = 0;
            while (end < elements.Length && (end == start || length + Size(elements[end]) <= MaxListLength))
            {
                length += Size(elements[end]);
                end++;
            }

            requests.Add(Create(verb, kind, flags, set, elements, start, end));
            start = end;
        }

        return requests;
    }

    /// <summary>About one element.</summary>
    internal static NetlinkRequest CreateForElement(string verb, MessageKind kind, Set set, Element element) =>
        Create(verb, kind, MessageFlags.None, set, [element], 0, 1);

    internal static NetlinkRequest CreateForSet(NfFamily family, string table, string set) => NfTablesRequest.Create(
        $"list elements of {family.ToText()} {table} {set}",
        MessageKind.GetElement,
        family,
        MessageFlags.None,
        (ref MessageWriter writer) =>
        {
            writer.PutString(AttributeTable, table);
            writer.PutString(AttributeSet, set);
        });

    /// <summary>The elements in a message. A dump sends several in each.</summary>
    internal static Element[] Read(NetlinkMessage message)
    {
        List<Element> elements = [];
        foreach (NetlinkAttribute attribute in message.Attributes(NetfilterHeader.Size))
        {
            if (attribute.Type != AttributeElements)
            {
                continue;
            }

            foreach (NetlinkAttribute element in attribute.Nested)
            {
                elements.Add(ReadElement(element.Nested));
            }
        }

        return [.. elements];
    }

    /// <summary>The first element in a message, which is the only one in an answer to a question about one.</summary>
    internal static Element? ReadFirst(NetlinkMessage message)
    {
        foreach (NetlinkAttribute attribute in message.Attributes(NetfilterHeader.Size))
        {
            if (attribute.Type != AttributeElements)
            {
                continue;
            }

            foreach (NetlinkAttribute element in attribute.Nested)
            {
                return ReadElement(element.Nested);
            }
        }

        return null;
    }

    private static NetlinkRequest Create(
        string verb, MessageKind kind, MessageFlags flags, Set set, Element[] elements, int start, int end) =>
        NfTablesRequest.Create(
            $"{verb} of {set.Family.ToText()} {set.Table} {set.Name}",
            kind,
            set.Family,
            flags,
            (ref MessageWriter writer) =>
            {
                writer.PutString(AttributeTable, set.Table);
                writer.PutString(AttributeSet, set.Name);
                if (set.TransactionId != 0)
                {
                    writer.PutUInt32BigEndian(AttributeSetId, set.TransactionId);
                }

                int list = writer.BeginNest(AttributeElements);
                for (int i = start; i < end; i++)
                {
                    int item = writer.BeginNest(ListElement);
                    WriteElement(ref writer, elements[i], withContent: kind == MessageKind.NewElement);
                    writer.EndNest(item);
                }

                writer.EndNest(list);
            });

    private static void WriteElement(ref MessageWriter writer, Element element, bool withContent)
    {
        DataAttribute.Write(ref writer, ElementKey, element.Key);
        if (element.KeyEnd is DataValue end)
        {
            DataAttribute.Write(ref writer, ElementKeyEnd, end);
        }

        if (element.IsIntervalEnd)
        {
            writer.PutUInt32BigEndian(ElementFlags, FlagIntervalEnd);
        }

        if (!withContent)
        {
            return;
        }

        if (element.Value is DataValue value)
        {
            DataAttribute.Write(ref writer, ElementData, value);
        }
        else if (element.Verdict is not null)
        {
            DataAttribute.Write(ref writer, ElementData, element.Verdict);
        }

        if (element.Comment is not null)
        {
            Span<byte> comment = stackalloc byte[UserData.MaxCommentSize];
            writer.PutBytes(ElementUserData, comment[..UserData.WriteComment(comment, element.Comment)]);
        }
    }

    private static Element ReadElement(AttributeReader attributes)
    {
        DataValue key = default;
        DataValue? keyEnd = null;
        DataValue? value = null;
        Verdict? verdict = null;
        uint flags = 0;
        string? comment = null;
        bool isConditional = false;
        foreach (NetlinkAttribute attribute in attributes)
        {
            switch (attribute.Type)
            {
                case ElementKey:
                    key = DataAttribute.Read(attribute.Value).Value ?? default;
                    break;
                case ElementKeyEnd:
                    keyEnd = DataAttribute.Read(attribute.Value).Value;
                    break;
                case ElementData:
                    (value, verdict) = DataAttribute.Read(attribute.Value);
                    break;
                case ElementFlags:
                    flags = attribute.ReadUInt32BigEndian();
                    break;
                case ElementUserData:
                    comment = UserData.Comment(attribute.Value);
                    break;
                case ElementExpression:
                    isConditional |= Decides(attribute.Nested);
                    break;
                case ElementExpressions:
                    foreach (NetlinkAttribute expression in attribute.Nested)
                    {
                        isConditional |= Decides(expression.Nested);
                    }

                    break;
                default:
                    break;
            }
        }

        return new Element(key)
        {
            KeyEnd = keyEnd,
            Value = value,
            Verdict = verdict,
            IsIntervalEnd = (flags & FlagIntervalEnd) != 0,
            IsConditional = isConditional,
            Comment = comment,
        };
    }

    // A counter, and when it was last used, decide nothing.
    private static bool Decides(AttributeReader expression)
    {
        foreach (NetlinkAttribute attribute in expression)
        {
            if (attribute.Type == ExpressionName)
            {
                return attribute.ReadString() is not ("counter" or "last");
            }
        }

        return false;
    }

    // An upper bound of the bytes that an element takes: each part with its headers and padding.
    private static int Size(Element element) => 64 + Part(element.Key.Length) + Part(element.KeyEnd?.Length ?? 0)
        + Part(element.Value?.Length ?? 0) + Part(element.Verdict?.Chain?.Length ?? 0)
        + Part(element.Comment is null ? 0 : UserData.MaxCommentLength + 3);

    private static int Part(int length) => length == 0 ? 0 : 16 + length;
}
