using System.Buffers.Binary;
using System.Text;

namespace Berth.HostPorts;

/// <summary>
/// Which attachment: one container's interface on one network. All three count: a container may have two interfaces on one
/// network, or the same name on two.
/// </summary>
/// <param name="Network">The network's name.</param>
/// <param name="ContainerId">CNI_CONTAINERID.</param>
/// <param name="IfName">CNI_IFNAME.</param>
public sealed record AttachmentId(string Network, string ContainerId, string IfName)
{
    // 15 bytes is what an interface's name holds, the only text that can be a key in nf_tables; 90 bits of a hash.
    private const int OwnerLength = 15;
    private const int NetworkLength = 11;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private const int BitsPerCharacter = 6;

    private string? _owner;

    /// <summary>
    /// Fifteen characters that stand for the attachment: SHA-512 over the three names, each with its length before it, so
    /// that a + bA and ab + A differ.
    /// </summary>
    public string Owner => _owner ??= Encode(Sha512.Hash(LengthPrefixed(Network, ContainerId, IfName)), OwnerLength);

    /// <summary>Eleven characters that stand for a network.</summary>
    public static string NetworkKey(string network) => Encode(Sha512.Hash(LengthPrefixed(network)), NetworkLength);

    private static byte[] LengthPrefixed(params ReadOnlySpan<string> parts)
    {
        using MemoryStream stream = new();
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (string part in parts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            stream.Write(length);
            stream.Write(bytes);
        }

        return stream.ToArray();
    }

    private static string Encode(byte[] hash, int characters)
    {
        Span<char> text = stackalloc char[characters];
        for (int i = 0; i < characters; i++)
        {
            int bit = i * BitsPerCharacter;
            int pair = (hash[bit / 8] << 8) | hash[(bit / 8) + 1];
            text[i] = Alphabet[(pair >> (16 - BitsPerCharacter - (bit % 8))) & 0x3f];
        }

        return new string(text);
    }
}
