using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>A value that an expression loads: its bytes, and which of them are not known.</summary>
/// <param name="Bytes">The bytes.</param>
/// <param name="Known">Bits that are known are set; null when all are.</param>
/// <param name="Reason">What is not known, and why; null when all is.</param>
internal readonly record struct Loaded(byte[] Bytes, byte[]? Known = null, string? Reason = null)
{
    /// <summary>A value of which nothing is known.</summary>
    internal static Loaded Unknown(int length, string reason) => new(new byte[length], new byte[length], reason);

    internal static Loaded Of(byte value) => new([value]);

    internal static Loaded OfHost(uint value) => new(BitConverter.GetBytes(value));

    internal static Loaded OfPort(ushort port) => new(DataValue.FromPort(port).Bytes.ToArray());
}

/// <summary>The sixteen words that a rule's expressions share, and what is known of them, bit by bit.</summary>
internal sealed class Registers
{
    private const int WordSize = 4;
    private const int Size = 16 * WordSize;

    private readonly byte[] _bytes = new byte[Size];
    private readonly byte[] _known = new byte[Size];
    private readonly string?[] _reasons = new string?[16];

    internal Registers()
    {
    }

    private Registers(Registers other)
    {
        other._bytes.CopyTo(_bytes, 0);
        other._known.CopyTo(_known, 0);
        other._reasons.CopyTo(_reasons, 0);
    }

    internal Registers Copy() => new(this);

    /// <summary>Nothing is known of any of them any more.</summary>
    internal void Forget(string reason)
    {
        Array.Clear(_known);
        Array.Fill(_reasons, reason);
    }

    /// <summary>Writes a value; the rest of its last word becomes zero, as in the kernel.</summary>
    internal void Write(Register register, Loaded value)
    {
        int start = register.Word * WordSize;
        int length = Math.Min(value.Bytes.Length, Size - start);
        int padded = Math.Min(DataValue.PaddedLength(length), Size - start);
        Array.Clear(_bytes, start, padded);
        Array.Fill(_known, byte.MaxValue, start, padded);
        value.Bytes.AsSpan(0, length).CopyTo(_bytes.AsSpan(start));
        value.Known?.AsSpan(0, length).CopyTo(_known.AsSpan(start));
        for (int i = 0; i < padded / WordSize; i++)
        {
            _reasons[register.Word + i] = value.Reason;
        }
    }

    internal Loaded Read(Register register, int length)
    {
        int start = register.Word * WordSize;
        length = Math.Min(length, Size - start);
        byte[] known = _known[start..(start + length)];
        bool isKnown = known.AsSpan().IndexOfAnyExcept(byte.MaxValue) < 0;
        return new Loaded(_bytes[start..(start + length)], isKnown ? null : known, isKnown ? null : Reason(register, length));
    }

    private string Reason(Register register, int length)
    {
        for (int i = 0; i <= (length - 1) / WordSize && register.Word + i < _reasons.Length; i++)
        {
            if (_reasons[register.Word + i] is string reason)
            {
                return reason;
            }
        }

        return "a value that nothing tells";
    }
}
