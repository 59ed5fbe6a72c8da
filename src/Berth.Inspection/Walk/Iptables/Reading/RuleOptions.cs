using System.Globalization;
using System.Net.Sockets;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>The words of a rule as iptables-save prints it, option by option.</summary>
internal sealed class RuleOptions(AddressFamily family, IReadOnlyList<string> words)
{
    internal AddressFamily Family { get; } = family;

    /// <summary>Where the next word stands.</summary>
    internal int Position { get; set; }

    internal bool IsAtEnd => Position >= words.Count;

    /// <summary>Whether the next word starts a match or the target, or there is none.</summary>
    internal bool IsAtBoundary => IsAtEnd || words[Position] is "-m" or "-j" or "-g";

    /// <summary>The option that <see cref="Next"/> found.</summary>
    internal string Option { get; private set; } = "";

    /// <summary>Whether "!" stands before it.</summary>
    internal bool IsInverted { get; private set; }

    /// <summary>Moves on to the next option of the match or target at hand; false when there is no other.</summary>
    internal bool Next()
    {
        int position = Position;
        bool isInverted = position < words.Count && words[position] == "!";
        position += isInverted ? 1 : 0;
        if (position >= words.Count || !words[position].StartsWith("--", StringComparison.Ordinal))
        {
            return false;
        }

        Option = words[position];
        IsInverted = isInverted;
        Position = position + 1;
        return true;
    }

    /// <summary>The next word.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    internal string Word() => Position < words.Count
        ? words[Position++]
        : throw new FormatException($"'{Option}' has no value");

    /// <summary>The words up to the next match or the target.</summary>
    internal IEnumerable<string> WordsToBoundary()
    {
        while (!IsAtBoundary)
        {
            yield return words[Position++];
        }
    }

    /// <summary>A number, hexadecimal with 0x before it.</summary>
    internal uint Number() => ParseNumber(Word());

    /// <summary>A byte.</summary>
    internal byte Byte() => (byte)Number(byte.MaxValue);

    /// <summary>A port or another number of 16 bits.</summary>
    internal ushort Short() => (ushort)Number(ushort.MaxValue);

    /// <summary>"0x1/0xff": a value, and the bits that count; all of them when none are named.</summary>
    internal (uint Value, uint Mask) Masked()
    {
        string word = Word();
        int slash = word.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? (ParseNumber(word), uint.MaxValue)
            : (ParseNumber(word.AsSpan(0, slash)), ParseNumber(word.AsSpan(slash + 1)));
    }

    /// <summary>"80", "80:90", ":90", "80:", or with another character between.</summary>
    internal PortInterval Ports(char separator = ':') => ParsePorts(Word(), separator);

    internal AddressTest Address() =>
        AddressTest.Parse(Family, Word(), IsInverted) ?? throw new FormatException($"'{Option}' has no address");

    internal static PortInterval ParsePorts(ReadOnlySpan<char> text, char separator)
    {
        int end = text.IndexOf(separator);
        if (end < 0)
        {
            ushort port = Short(text);
            return new PortInterval(port, port);
        }

        return new PortInterval(
            end == 0 ? (ushort)0 : Short(text[..end]), end == text.Length - 1 ? ushort.MaxValue : Short(text[(end + 1)..]));
    }

    internal static uint ParseNumber(ReadOnlySpan<char> text) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? uint.Parse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static ushort Short(ReadOnlySpan<char> text) => ushort.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private uint Number(uint most)
    {
        uint number = Number();
        return number <= most ? number : throw new FormatException($"'{Option}' is {number}");
    }
}
