using System.Buffers.Binary;

namespace Berth.Fuzz;

/// <summary>Knows nothing of what the bytes mean.</summary>
internal sealed class ByteMutator : IMutator
{
    private static readonly int[] Extremes =
        [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, int.MaxValue, int.MinValue, -1];

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
        switch (random.Next(4))
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
