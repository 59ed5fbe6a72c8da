using System.Net;
using System.Net.Sockets;
using Berth.Netlink.Route;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>The registers of a rule of nf_tables, as far as it is known what was loaded into them.</summary>
internal sealed class NftRegisters(AddressFamily? family)
{
    internal const int Words = 16;

    private readonly NftWord[] _words = new NftWord[Words];

    internal NftWord this[int word] => _words[word];

    /// <summary>Nothing that was loaded before counts any more.</summary>
    internal void Forget() => Array.Clear(_words);

    internal void Load(Register destination, NftField field, int length, AddressFamily? family = null)
    {
        for (int i = 0; i < Math.Max(1, (length + 3) / 4) && destination.Word + i < Words; i++)
        {
            _words[destination.Word + i] = new NftWord(field, i, length) { Family = family };
        }
    }

    internal void LoadConstant(Register destination, DataValue value)
    {
        for (int i = 0; i < (value.Length + 3) / 4 && destination.Word + i < Words; i++)
        {
            byte[] word = value.Bytes[(4 * i)..Math.Min(value.Length, (4 * i) + 4)].ToArray();
            _words[destination.Word + i] = new NftWord(NftField.Constant, i, word.Length) { Value = word };
        }
    }

    internal void Mask(Bitwise bitwise)
    {
        for (int i = 0; i < (bitwise.Mask.Length + 3) / 4 && Math.Max(bitwise.Source.Word, bitwise.Destination.Word) + i < Words; i++)
        {
            NftWord word = _words[bitwise.Source.Word + i];
            int end = Math.Min(bitwise.Mask.Length, (4 * i) + 4);
            bool isPlain = bitwise.Xor.Bytes.IndexOfAnyExcept((byte)0) < 0 && word.Mask.IsEmpty;
            _words[bitwise.Destination.Word + i] = isPlain
                ? word with { Mask = bitwise.Mask.Bytes[(4 * i)..end].ToArray() }
                : new NftWord(NftField.Other, i, 4);
        }
    }

    /// <summary>What it means that a field lies between two values; null when that is not a selection.</summary>
    internal Selection? Part(int register, DataValue from, DataValue to)
    {
        NftWord word = _words[register];
        bool isOne = from == to;
        switch (word.Field)
        {
            case NftField.Protocol when isOne && from.Length > 0 && word.Mask.IsEmpty:
                return Selection.Any with { Protocol = from.Bytes[0] };
            case NftField.DestinationPort when from.Length >= 2 && to.Length >= 2 && word.Mask.IsEmpty:
                return Selection.Any with { Ports = new PortInterval(from.ToPort(), to.ToPort()) };
            case NftField.DestinationType when isOne && from.Length == 4 && word.Mask.IsEmpty:
                return BitConverter.ToUInt32(from.Bytes) == Fib.TypeLocal ? Selection.Any with { IsLocal = true } : null;
            case NftField.NetworkFamily when isOne && from.Length > 0:
                return from.Bytes[0] switch
                {
                    2 => Selection.Any with { Family = AddressFamily.InterNetwork },
                    10 => Selection.Any with { Family = AddressFamily.InterNetworkV6 },
                    _ => null,
                };
            case NftField.DestinationAddress:
                return AddressRange.ToNetwork(word.Family ?? family, from.Bytes, to.Bytes, MaskOf(register, from.Length)) is IPNetwork network
                    ? Selection.Any with { Destination = network, Family = network.BaseAddress.AddressFamily }
                    : null;
            default:
                return null;
        }
    }

    private byte[]? MaskOf(int register, int length)
    {
        List<byte> mask = [];
        for (int i = 0; 4 * i < length && register + i < Words; i++)
        {
            if (_words[register + i].Mask.IsEmpty)
            {
                return null;
            }

            mask.AddRange(_words[register + i].Mask.Span);
        }

        return [.. mask];
    }

    /// <summary>What a key selects; null when a part of it is none of the fields that are known here.</summary>
    internal Selection? KeyOf(int register, DataValue first, DataValue last)
    {
        Selection? selection = Selection.Any;
        int offset = 0;
        while (offset < first.Length && register + (offset / 4) < Words && selection is not null)
        {
            NftWord word = _words[register + (offset / 4)];
            if (word.Field == NftField.Random)
            {
                return selection;
            }

            int length = Math.Min(Math.Max(word.Length, 1), first.Length - offset);
            selection = Part(register + (offset / 4), first.Field(offset, length), last.Field(offset, length)) is Selection part
                ? selection.And(part)
                : null;
            offset += DataValue.PaddedLength(length);
        }

        return selection;
    }
}
