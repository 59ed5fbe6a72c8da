using System.Buffers.Binary;
using System.Numerics;

namespace Berth.Inspection;

/// <summary>Bob Jenkins' lookup3 as the kernel has it (include/linux/jhash.h).</summary>
internal static class JenkinsHash
{
    private const uint Initial = 0xdeadbeef;

    /// <summary>jhash2().</summary>
    internal static uint OfWords(ReadOnlySpan<uint> words, uint initial)
    {
        uint a = unchecked(Initial + ((uint)words.Length << 2) + initial);
        uint b = a;
        uint c = a;
        while (words.Length > 3)
        {
            unchecked
            {
                a += words[0];
                b += words[1];
                c += words[2];
            }

            Mix(ref a, ref b, ref c);
            words = words[3..];
        }

        return unchecked(words.Length switch
        {
            3 => Final(a + words[0], b + words[1], c + words[2]),
            2 => Final(a + words[0], b + words[1], c),
            1 => Final(a + words[0], b, c),
            _ => c,
        });
    }

    /// <summary>jhash(): of bytes, on a machine of little-endian byte order.</summary>
    internal static uint OfBytes(ReadOnlySpan<byte> bytes, uint initial)
    {
        uint a = unchecked(Initial + (uint)bytes.Length + initial);
        uint b = a;
        uint c = a;
        while (bytes.Length > 12)
        {
            unchecked
            {
                a += BinaryPrimitives.ReadUInt32LittleEndian(bytes);
                b += BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
                c += BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
            }

            Mix(ref a, ref b, ref c);
            bytes = bytes[12..];
        }

        if (bytes.IsEmpty)
        {
            return c;
        }

        Span<byte> rest = stackalloc byte[12];
        rest.Clear();
        bytes.CopyTo(rest);
        return unchecked(Final(
            a + BinaryPrimitives.ReadUInt32LittleEndian(rest),
            b + BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]),
            c + BinaryPrimitives.ReadUInt32LittleEndian(rest[8..])));
    }

    private static void Mix(ref uint a, ref uint b, ref uint c)
    {
        unchecked
        {
            a -= c;
            a ^= BitOperations.RotateLeft(c, 4);
            c += b;
            b -= a;
            b ^= BitOperations.RotateLeft(a, 6);
            a += c;
            c -= b;
            c ^= BitOperations.RotateLeft(b, 8);
            b += a;
            a -= c;
            a ^= BitOperations.RotateLeft(c, 16);
            c += b;
            b -= a;
            b ^= BitOperations.RotateLeft(a, 19);
            a += c;
            c -= b;
            c ^= BitOperations.RotateLeft(b, 4);
            b += a;
        }
    }

    private static uint Final(uint a, uint b, uint c)
    {
        unchecked
        {
            c ^= b;
            c -= BitOperations.RotateLeft(b, 14);
            a ^= c;
            a -= BitOperations.RotateLeft(c, 11);
            b ^= a;
            b -= BitOperations.RotateLeft(a, 25);
            c ^= b;
            c -= BitOperations.RotateLeft(b, 16);
            a ^= c;
            a -= BitOperations.RotateLeft(c, 4);
            b ^= a;
            b -= BitOperations.RotateLeft(a, 14);
            c ^= b;
            c -= BitOperations.RotateLeft(b, 24);
            return c;
        }
    }
}
