using Berth.Netlink;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Adds an element to a set, renews it or deletes it (dynset).</summary>
/// <param name="Set">The set.</param>
/// <param name="Operation">What is done.</param>
/// <param name="Key">The register with the key.</param>
internal sealed record SetUpdate(string Set, SetOperation Operation, Register Key) : DecodedExpression
{
    private const int AttributeSet = 1;
    private const int AttributeOperation = 3;
    private const int AttributeKey = 4;
    private const int AttributeData = 5;
    private const int AttributeTimeout = 6;
    private const int AttributeExpression = 7;
    private const int AttributeFlags = 9;
    private const int AttributeExpressions = 10;
    private const int ExpressionName = 1;
    private const int ExpressionData = 2;
    private const uint Inverted = 1; // NFT_DYNSET_F_INV

    /// <summary>The register with the data of a map's element.</summary>
    internal Register? Data { get; init; }

    /// <summary>Milliseconds that the element stays; null for the set's own.</summary>
    internal ulong? Timeout { get; init; }

    /// <summary>Go on with the rule only when an expression of the element says no.</summary>
    internal bool IsInverted { get; init; }

    /// <summary>What the element gets: a limit, a counter.</summary>
    internal IReadOnlyList<Expression> Expressions { get; init; } = [];

    internal static SetUpdate? Read(ReadOnlySpan<byte> data)
    {
        DecodedAttributes attributes = DecodedAttributes.Read(data, AttributeExpressions);
        if (attributes.HasUnknown || attributes.Register(AttributeKey) is not Register key)
        {
            return null;
        }

        List<Expression> expressions = [];
        if (attributes.Has(AttributeExpressions))
        {
            foreach (NetlinkAttribute element in new AttributeReader(attributes.Bytes(AttributeExpressions)))
            {
                expressions.Add(ReadExpression(element.Value));
            }
        }
        else if (attributes.Has(AttributeExpression))
        {
            expressions.Add(ReadExpression(attributes.Bytes(AttributeExpression)));
        }

        return new SetUpdate(
            attributes.Text(AttributeSet) ?? "", (SetOperation)attributes.Number(AttributeOperation, 0), key)
        {
            Data = attributes.Register(AttributeData),
            Timeout = attributes.Number(AttributeTimeout),
            IsInverted = (attributes.Number(AttributeFlags, 0) & Inverted) != 0,
            Expressions = expressions,
        };
    }

    private static Expression ReadExpression(ReadOnlySpan<byte> nested)
    {
        string name = "";
        ReadOnlySpan<byte> data = [];
        foreach (NetlinkAttribute attribute in new AttributeReader(nested))
        {
            if (attribute.Type == ExpressionName)
            {
                name = attribute.ReadString();
            }
            else if (attribute.Type == ExpressionData)
            {
                data = attribute.Value;
            }
        }

        return Expression.FromAttributes(name, data);
    }
}

/// <summary>What is done to a set (enum nft_dynset_ops).</summary>
internal enum SetOperation : uint
{
    /// <summary>The element is added unless it is there.</summary>
    Add = 0,

    /// <summary>It is added, or its timeout starts anew.</summary>
    Update = 1,

    /// <summary>It is deleted.</summary>
    Delete = 2,
}
