using System.Buffers.Binary;
using System.Text;

namespace Berth.Fuzz;

/// <summary>Knows nothing of what the bytes mean.</summary>
internal sealed class ByteMutator : IMutator
{
    private static readonly int[] Extremes =
        [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, int.MaxValue, int.MinValue, -1];

    // What decimal numbers are limited to, and one beyond.
    private static readonly string[] Decimals =
        ["0", "1", "2", "9", "10", "31", "32", "127", "128", "255", "256", "32767", "65535", "65536", "2147483647", "2147483648", "-1", "007"];

    /// <summary>Changes one number, bit or byte, and leaves everything else in its place: but for a decimal number, which may get longer.</summary>
    internal static byte[] Tweak(byte[] input, Random random)
    {
        byte[] bytes = [.. input];
        if (bytes.Length == 0)
        {
            return bytes;
        }

        int at = random.Next(bytes.Length);
        switch (random.Next(5))
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 1:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 2 when Array.FindIndex(bytes, at, static b => char.IsAsciiDigit((char)b)) is >= 0 and var digit:
                return ChangeDecimal(bytes, digit, random);
            case 3 when bytes.Length > 3:
                // Two halves of words: ports, lengths and the like change places.
                int from = random.Next(bytes.Length - 1);
                at = Math.Min(at, bytes.Length - 2);
                (bytes[at], bytes[at + 1], bytes[from], bytes[from + 1]) = (bytes[from], bytes[from + 1], bytes[at], bytes[at + 1]);
                return bytes;
            default:
                Number(bytes.AsSpan(at), Extremes[random.Next(Extremes.Length)], random);
                return bytes;
        }
    }

    private static byte[] ChangeDecimal(byte[] bytes, int digit, Random random)
    {
        int start = digit;
        while (start > 0 && char.IsAsciiDigit((char)bytes[start - 1]))
        {
            start--;
        }

        int end = digit;
        while (end < bytes.Length && char.IsAsciiDigit((char)bytes[end]))
        {
            end++;
        }

        return [.. bytes[..start], .. Encoding.ASCII.GetBytes(Decimals[random.Next(Decimals.Length)]), .. bytes[end..]];
    }

    public byte[] Mutate(byte[] input, byte[] other, Random random)
    {
        byte[] bytes = [.. input];
        for (int i = 1 << random.Next(4); i > 0; i--)
        {
            bytes = bytes.Length == 0 ? Noise(random) : Change(bytes, other, random);
        }

        return bytes;
    }

    private static byte[] Change(byte[] bytes, byte[] other, Random random)
    {
        int at = random.Next(bytes.Length);
        int end = random.Next(at, Math.Min(bytes.Length, at + 64)) + 1;
        switch (random.Next(10))
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 1:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes[..at], .. bytes[end..]];
            case 4:
                return [.. bytes[..end], .. bytes[at..]];
            case 5:
                return [.. bytes[..at], .. Noise(random), .. bytes[at..]];
            case 6 when other.Length > 0:
                int from = random.Next(other.Length);
                return [.. bytes[..at], .. other[from..]];
            case 7 when other.Length > 0:
                int start = random.Next(other.Length);
                return [.. bytes[..at], .. other[start..random.Next(start, other.Length)], .. bytes[end..]];
            default:
                Number(bytes.AsSpan(at), Extremes[random.Next(Extremes.Length)], random);
                return bytes;
        }
    }

    private static void Number(Span<byte> place, int value, Random random)
    {
        switch (random.Next(5))
        {
            case 0 when place.Length >= sizeof(int):
                BinaryPrimitives.WriteInt32LittleEndian(place, value);
                break;
            case 1 when place.Length >= sizeof(int):
                BinaryPrimitives.WriteInt32BigEndian(place, value);
                break;
            case 2 when place.Length >= sizeof(short):
                BinaryPrimitives.WriteInt16LittleEndian(place, unchecked((short)value));
                break;
            case 3 when place.Length >= sizeof(short):
                BinaryPrimitives.WriteInt16BigEndian(place, unchecked((short)value));
                break;
            default:
                place[0] = unchecked((byte)value);
                break;
        }
    }

    private static byte[] Noise(Random random)
    {
        byte[] noise = new byte[random.Next(1, 20)];
        random.NextBytes(noise);
        return noise;
    }
}
