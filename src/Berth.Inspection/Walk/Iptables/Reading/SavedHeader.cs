using System.Net.Sockets;

namespace Berth.Inspection;

/// <summary>Reads the options that stand before matches in a rule of iptables-save, without splitting all of it.</summary>
internal static class SavedHeader
{
    /// <summary>The header, and where what follows it begins.</summary>
    internal static (RuleHeader Header, int End) Read(AddressFamily family, ReadOnlySpan<char> text)
    {
        RuleHeader header = new(family);
        int rest = 0;
        bool isInverted = false;
        int position = 0;
        while (TryWord(text, ref position, out ReadOnlySpan<char> option))
        {
            if (option is "!")
            {
                isInverted = true;
                continue;
            }

            if (option is "-f")
            {
                header = header with { IsFragment = !isInverted };
            }
            else if (option is "-m" or "-j" or "-g" || !TryWord(text, ref position, out ReadOnlySpan<char> value)
                || With(header, option, value, isInverted) is not RuleHeader next)
            {
                break;
            }
            else
            {
                header = next;
            }

            isInverted = false;
            rest = position;
        }

        return (header, rest);
    }

    private static RuleHeader? With(RuleHeader header, ReadOnlySpan<char> option, ReadOnlySpan<char> value, bool isInverted)
    {
        switch (option)
        {
            case "-s" when AddressTest.Parse(header.Family, value, isInverted) is AddressTest source:
                return header with { Source = source };
            case "-d" when AddressTest.Parse(header.Family, value, isInverted) is AddressTest destination:
                return header with { Destination = destination };
            case "-i":
                return header with { InInterface = new InterfaceTest(value.ToString(), isInverted) };
            case "-o":
                return header with { OutInterface = new InterfaceTest(value.ToString(), isInverted) };
            case "-p" when ProtocolNames.Parse(value) is byte protocol:
                // 0 is all of them.
                return protocol == 0 ? header : header with { Protocol = protocol, IsProtocolInverted = isInverted };
            default:
                return null;
        }
    }

    private static bool TryWord(ReadOnlySpan<char> text, ref int position, out ReadOnlySpan<char> word)
    {
        while (position < text.Length && text[position] == ' ')
        {
            position++;
        }

        int end = position;
        while (end < text.Length && text[end] != ' ')
        {
            end++;
        }

        word = text[position..end];
        position = end;
        return !word.IsEmpty;
    }
}
