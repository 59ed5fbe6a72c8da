using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>What a register holds, as text and with what is needed to write values that it is compared with.</summary>
/// <param name="Text">How nft writes it.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Length">Bytes.</param>
internal sealed record NftOperand(string Text, NftType Type, int Length)
{
    /// <summary>Whether its bytes are in the kernel's own order now.</summary>
    internal bool IsHostOrder { get; init; }

    /// <summary>The value of a constant: how it is written depends on what it is used for.</summary>
    internal DataValue? Constant { get; init; }

    /// <summary>Where it was loaded from, as long as that is no field of its header.</summary>
    internal NftBits? Bits { get; init; }

    /// <summary>Bits that were kept of it, and are not yet written.</summary>
    internal DataValue? Mask { get; init; }

    /// <summary>How many bits its field lies above the lowest of the register.</summary>
    internal int Shift { get; init; }

    /// <summary>Which protocol it tells of, when it is compared for equality.</summary>
    internal NftLayer Tells { get; init; }

    /// <summary>The types of the fields of a map's data, when there are several.</summary>
    internal IReadOnlyList<NftType>? Fields { get; init; }

    /// <summary>How tightly the last operator of its text binds: 0 or, 1 xor, 2 and, 3 shift, 4 none.</summary>
    internal int Precedence { get; init; } = 4;
}

/// <summary>Which protocol something tells of.</summary>
internal enum NftLayer
{
    None,
    Link,
    NetworkByFamily,
    NetworkByEtherType,
    Transport,
    IcmpType,
}

/// <summary>Bits of the packet that were loaded.</summary>
/// <param name="Header">The header, where it is known.</param>
/// <param name="Extension">The extension header or option.</param>
/// <param name="Offset">Bits from its start.</param>
/// <param name="Length">Bits.</param>
internal sealed record NftBits(NftHeader? Header, ExtensionHeader? Extension, int Offset, int Length)
{
    internal string? Name => Header?.Name ?? (Extension is null ? null : NftExtensionFields.Name(Extension));

    /// <summary>The field of these bits of it.</summary>
    internal NftHeaderField? Field(int offset, int length) =>
        Header?.Field(offset, length) ?? (Extension is null ? null : NftExtensionFields.Field(Extension, offset, length));
}
