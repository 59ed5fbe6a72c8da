using System.Net;
using System.Net.Sockets;

namespace Berth.Inspection;

/// <summary>Addresses from one to another, as a network where they are one.</summary>
internal static class AddressRange
{
    /// <summary>The network of addresses that begin with some bytes, or lie between two; null when they are no network.</summary>
    /// <param name="family">The family; null where it follows from the length.</param>
    /// <param name="first">The first address, or only its beginning.</param>
    /// <param name="last">The last one.</param>
    /// <param name="mask">The bits that count; null for all.</param>
    internal static IPNetwork? ToNetwork(AddressFamily? family, ReadOnlySpan<byte> first, ReadOnlySpan<byte> last, byte[]? mask)
    {
        int length = family switch
        {
            AddressFamily.InterNetworkV6 => 16,
            AddressFamily.InterNetwork => 4,
            _ => first.Length > 4 ? 16 : 4,
        };
        if (first.Length > length || first.Length != last.Length || (mask is not null && (mask.Length < first.Length || !first.SequenceEqual(last))))
        {
            return null;
        }

        int bits = 0;
        bool ended = false;
        for (int bit = 0; bit < first.Length * 8; bit++)
        {
            int shift = 7 - (bit % 8);
            bool low = ((first[bit / 8] >> shift) & 1) != 0;
            bool high = ((last[bit / 8] >> shift) & 1) != 0;
            bool counts = mask is null ? low == high : ((mask[bit / 8] >> shift) & 1) != 0;
            // Behind the prefix come zeros in the first address and ones in the last.
            bool isFree = mask is null ? !low && high : !low;
            if (!ended && counts)
            {
                bits++;
            }
            else if (!counts && isFree)
            {
                ended = true;
            }
            else
            {
                return null;
            }
        }

        Span<byte> bytes = stackalloc byte[length];
        bytes.Clear();
        first.CopyTo(bytes);
        return new IPNetwork(new IPAddress(bytes), bits);
    }
}
