namespace Berth.Inspection;

/// <summary>What a register holds, as far as it matters to who answers where.</summary>
internal enum NftField
{
    Other,
    DestinationAddress,
    Protocol,
    DestinationPort,
    DestinationType,
    NetworkFamily,
    Random,
    Constant,
}

/// <summary>A 32-bit word of a register: which field, and which of its words.</summary>
/// <param name="Field">The field.</param>
/// <param name="Word">From 0.</param>
/// <param name="Length">Bytes of the field that were loaded.</param>
internal readonly record struct NftWord(NftField Field, int Word, int Length)
{
    /// <summary>The word's bytes, of a constant.</summary>
    internal ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>The mask that was applied to it; empty for none.</summary>
    internal ReadOnlyMemory<byte> Mask { get; init; }

    /// <summary>The address family of the header that it comes from; null where any.</summary>
    internal System.Net.Sockets.AddressFamily? Family { get; init; }
}
