using System.Buffers.Binary;

namespace Berth.Hashing;

/// <summary>How the SHA-2 family fills its last block (FIPS 180-4, section 5.1): a one bit, zeros, and the length in bits, which has
/// an eighth of a block.</summary>
internal static class HashPadding
{
    /// <summary>The data, up to whole blocks.</summary>
    /// <param name="data">What is to be hashed.</param>
    /// <param name="blockSize">64 bytes for SHA-256, 128 for SHA-512.</param>
    internal static byte[] Pad(ReadOnlySpan<byte> data, int blockSize)
    {
        int length = (data.Length + 1 + (blockSize / 8) + blockSize - 1) / blockSize * blockSize;
        byte[] padded = new byte[length];
        data.CopyTo(padded);
        padded[data.Length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(padded.AsSpan(length - sizeof(ulong)), (ulong)data.Length * 8);
        return padded;
    }
}
