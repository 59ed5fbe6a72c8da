namespace Berth.NfTables;

/// <summary>
/// A place in the virtual machine's sixteen 32-bit words. The kernel numbers them in two ways (four registers of 16
/// bytes, 1 to 4, and sixteen of 4 bytes, 8 to 23) and answers with the first where it can: so does this type.
/// </summary>
/// <param name="Word">The first word, 0 to 15.</param>
public readonly record struct Register(int Word)
{
    private const uint FirstWide = 1;
    private const uint FirstWord = 8;
    private const int WordsPerWide = 4;
    private const int Words = 16;

    /// <summary>The number of the register on the wire (enum nft_registers).</summary>
    public uint Number => Word % WordsPerWide == 0 ? FirstWide + (uint)(Word / WordsPerWide) : FirstWord + (uint)Word;

    /// <summary>From a number on the wire; null for the verdict register and for numbers that are none.</summary>
    public static Register? FromNumber(uint number) => number switch
    {
        >= FirstWide and < FirstWide + (Words / WordsPerWide) => new Register((int)(number - FirstWide) * WordsPerWide),
        >= FirstWord and < FirstWord + Words => new Register((int)(number - FirstWord)),
        _ => null,
    };
}
