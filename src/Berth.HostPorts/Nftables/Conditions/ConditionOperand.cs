using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Values that a field is compared with: all from one to another, as big-endian bytes.</summary>
/// <param name="From">The first.</param>
/// <param name="To">The last.</param>
/// <param name="Form">How it was written, on which nft's choice of expressions depends.</param>
/// <param name="PrefixLength">Bits, when it was written as a prefix.</param>
internal readonly record struct ConditionOperand(
    DataValue From, DataValue To, ConditionOperandForm Form, int PrefixLength = 0)
{
    internal static ConditionOperand Single(DataValue value) => new(value, value, ConditionOperandForm.Single);

    /// <summary>All values that agree with <paramref name="value"/> in their first bits.</summary>
    internal static ConditionOperand Prefix(DataValue value, int length)
    {
        byte[] from = value.Bytes.ToArray();
        byte[] to = value.Bytes.ToArray();
        byte[] mask = Mask(length, from.Length).Bytes.ToArray();
        for (int i = 0; i < from.Length; i++)
        {
            from[i] &= mask[i];
            to[i] |= (byte)(mask[i] ^ 0xff);
        }

        return new(DataValue.FromBytes(from), DataValue.FromBytes(to), ConditionOperandForm.Prefix, length);
    }

    internal static DataValue Mask(int length, int bytes)
    {
        byte[] mask = new byte[bytes];
        for (int i = 0; i < bytes; i++)
        {
            int bits = Math.Clamp(length - (i * 8), 0, 8);
            mask[i] = (byte)((0xff00 >> bits) & 0xff);
        }

        return DataValue.FromBytes(mask);
    }
}

/// <summary>How values were written.</summary>
internal enum ConditionOperandForm
{
    /// <summary>One value.</summary>
    Single,

    /// <summary>FIRST-LAST.</summary>
    Range,

    /// <summary>ADDRESS/LENGTH, or a name that ends in an asterisk.</summary>
    Prefix,
}
