using System.Buffers;
using System.Globalization;
using System.Text;

namespace Berth.Inspection;

/// <summary>A rule's line as iptables-save writes it, word by word.</summary>
internal sealed class SavedText
{
    // xtables_save_string() leaves a word of these characters alone.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private readonly StringBuilder _text = new();

    /// <summary>Writes a word as it is.</summary>
    internal SavedText Word(string word)
    {
        if (_text.Length > 0)
        {
            _text.Append(' ');
        }

        _text.Append(word);
        return this;
    }

    internal SavedText Number(ulong number) => Word(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>An option that has no value.</summary>
    internal void Flag(bool isSet, string option)
    {
        if (isSet)
        {
            Word(option);
        }
    }

    /// <summary>An option with its value, "!" before it where it is inverted.</summary>
    internal void Option(bool isInverted, string option, string value)
    {
        Flag(isInverted, "!");
        Word(option).Word(value);
    }

    /// <summary>An option with a number.</summary>
    internal void Option(string option, ulong value) => Word(option).Number(value);

    /// <summary>A word in quotes where it needs them (xtables_save_string()).</summary>
    internal void Quoted(string word)
    {
        if (word.Length > 0 && word.AsSpan().IndexOfAnyExcept(Plain) < 0)
        {
            Word(word);
            return;
        }

        StringBuilder quoted = new("\"");
        foreach (char c in word)
        {
            if (c is '"' or '\\' or '\'')
            {
                quoted.Append('\\');
            }

            quoted.Append(c);
        }

        Word(quoted.Append('"').ToString());
    }

    /// <summary>A number as marks are written: 0x4000.</summary>
    internal static string Hex(uint value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>A value and the bits that count, which are left out when all do.</summary>
    internal static string Masked(uint value, uint mask) => mask == uint.MaxValue ? Hex(value) : $"{Hex(value)}/{Hex(mask)}";

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
