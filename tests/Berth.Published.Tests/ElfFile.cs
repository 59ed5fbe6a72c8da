using System.Buffers.Binary;

namespace Berth.Published.Tests;

/// <summary>What a 64-bit little-endian ELF file asks of the system that starts it (elf(5)).</summary>
internal sealed record ElfFile(bool HasInterpreter, int NeededLibraries, bool HasSymbols)
{
    private const uint ProgramDynamic = 2;
    private const uint ProgramInterpreter = 3;
    private const uint SectionSymbols = 2;
    private const ulong DynamicNeeded = 1;

    public static ElfFile Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        Assert.Equal("\u007fELF"u8, file.AsSpan(0, 4));
        Assert.Equal(2, file[4]);
        Assert.Equal(1, file[5]);

        bool interpreter = false;
        int needed = 0;
        foreach (ulong header in Table(file, U64(file, 0x20), U16(file, 0x36), U16(file, 0x38)))
        {
            uint type = U32(file, header);
            interpreter |= type == ProgramInterpreter;
            if (type == ProgramDynamic)
            {
                ulong offset = U64(file, header + 0x08);
                ulong entries = U64(file, header + 0x20) / 16;
                needed += Table(file, offset, 16, checked((int)entries)).Count(entry => U64(file, entry) == DynamicNeeded);
            }
        }

        bool symbols = Table(file, U64(file, 0x28), U16(file, 0x3a), U16(file, 0x3c))
            .Any(section => U32(file, section + 4) == SectionSymbols);
        return new ElfFile(interpreter, needed, symbols);
    }

    private static IEnumerable<ulong> Table(byte[] file, ulong offset, int size, int count)
    {
        Assert.True(offset + (ulong)(size * count) <= (ulong)file.Length, "a table outside the file");
        return Enumerable.Range(0, count).Select(index => offset + (ulong)(index * size));
    }

    private static int U16(byte[] file, ulong at) => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan((int)at));

    private static uint U32(byte[] file, ulong at) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan((int)at));

    private static ulong U64(byte[] file, ulong at) => BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan((int)at));
}
