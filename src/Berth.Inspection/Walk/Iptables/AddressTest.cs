using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Berth.Inspection;

/// <summary>An address and the bits of it that count.</summary>
/// <param name="Family">IPv4 or IPv6.</param>
/// <param name="Bits">The address; bits that do not count are zero.</param>
/// <param name="Mask">The bits that count; iptables allows any.</param>
/// <param name="IsInverted">Whether it asks for the others.</param>
internal readonly record struct AddressTest(AddressFamily Family, UInt128 Bits, UInt128 Mask, bool IsInverted)
{
    /// <summary>Whether an address passes.</summary>
    internal bool Passes(UInt128 address) => ((address & Mask) == Bits) ^ IsInverted;

    internal bool Passes(IPAddress address) => Passes(AddressBits.Of(address));

    /// <summary>"10.0.0.0/8", "10.0.0.1/32", "10.0.0.0/255.0.255.0".</summary>
    internal string Text => $"{AddressBits.ToAddress(Family, Bits)}/{AddressBits.MaskText(Family, Mask)}";

    /// <summary>The same without a mask where all bits count.</summary>
    internal string ShortText => AddressBits.PrefixLength(Family, Mask) == AddressBits.Length(Family)
        ? AddressBits.ToAddress(Family, Bits).ToString()
        : Text;

    /// <summary>Null when the text is no address.</summary>
    internal static AddressTest? Parse(AddressFamily family, ReadOnlySpan<char> text, bool isInverted)
    {
        int slash = text.IndexOf('/');
        ReadOnlySpan<char> address = slash < 0 ? text : text[..slash];
        if (!IPAddress.TryParse(address, out IPAddress? parsed) || parsed.AddressFamily != family)
        {
            return null;
        }

        UInt128 mask = AddressBits.Mask(family, AddressBits.Length(family));
        if (slash >= 0)
        {
            ReadOnlySpan<char> after = text[(slash + 1)..];
            if (int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out int length))
            {
                mask = AddressBits.Mask(family, length);
            }
            else if (IPAddress.TryParse(after, out IPAddress? bits) && bits.AddressFamily == family)
            {
                mask = AddressBits.Of(bits);
            }
            else
            {
                return null;
            }
        }

        return new AddressTest(family, AddressBits.Of(parsed) & mask, mask, isInverted);
    }
}
