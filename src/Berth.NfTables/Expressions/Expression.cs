using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>
/// One step of a rule: it loads, compares, rewrites or decides. Two expressions are equal when the kernel would do the
/// same for both. What this library does not know is kept as <see cref="UnknownExpression"/>.
/// </summary>
public abstract record Expression
{
    private const int AttributeName = 1; // NFTA_EXPR_NAME
    private const int AttributeData = 2; // NFTA_EXPR_DATA

    /// <summary>The kernel's name of its kind, such as "payload".</summary>
    public abstract string Name { get; }

    /// <summary>Writes its own attributes.</summary>
    protected internal abstract void WriteData(ref MessageWriter writer);

    /// <summary>Its own attributes as they stand on the wire: with <see cref="Name"/> all that there is to it.</summary>
    public DataValue ToAttributes()
    {
        for (int size = 512; ; size *= 4)
        {
            MessageWriter writer = new(new byte[size]);
            WriteData(ref writer);
            if (writer.Failure != WriteFailure.BufferTooSmall)
            {
                return DataValue.FromBytes(writer.Written);
            }
        }
    }

    /// <summary>The expression of a kind that has these attributes: the way back from <see cref="ToAttributes"/>.</summary>
    /// <exception cref="NetlinkFormatException">They are malformed.</exception>
    public static Expression FromAttributes(string name, ReadOnlySpan<byte> attributes) =>
        Known(name, attributes) ?? new UnknownExpression(name, DataValue.FromBytes(attributes));

    internal void Write(ref MessageWriter writer)
    {
        writer.PutString(AttributeName, Name);
        int data = writer.BeginNest(AttributeData);
        WriteData(ref writer);
        writer.EndNest(data);
    }

    /// <summary>Reads an expression from its attributes.</summary>
    /// <exception cref="NetlinkFormatException">They are malformed.</exception>
    internal static Expression Read(AttributeReader attributes)
    {
        string name = "";
        ReadOnlySpan<byte> data = [];
        foreach (NetlinkAttribute attribute in attributes)
        {
            switch (attribute.Type)
            {
                case AttributeName:
                    name = attribute.ReadString();
                    break;
                case AttributeData:
                    data = attribute.Value;
                    break;
                default:
                    break;
            }
        }

        return FromAttributes(name, data);
    }

    private static Expression? Known(string name, ReadOnlySpan<byte> data) => name switch
    {
        Payload.Kind => Payload.ReadData(data),
        Meta.Kind => Meta.ReadData(data),
        ConntrackExpression.Kind => ConntrackExpression.ReadData(data),
        Fib.Kind => Fib.ReadData(data),
        Compare.Kind => Compare.ReadData(data),
        RangeCompare.Kind => RangeCompare.ReadData(data),
        Bitwise.Kind => Bitwise.ReadData(data),
        ByteOrder.Kind => ByteOrder.ReadData(data),
        Lookup.Kind => Lookup.ReadData(data),
        Immediate.Kind => Immediate.ReadData(data),
        Nat.Kind => Nat.ReadData(data),
        Masquerade.Kind => Masquerade.ReadData(data),
        Counter.Kind => Counter.ReadData(data),
        _ => null,
    };
}
