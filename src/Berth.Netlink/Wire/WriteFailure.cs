namespace Berth.Netlink;

/// <summary>Why a <see cref="MessageWriter"/> could not write everything.</summary>
public enum WriteFailure
{
    /// <summary>Everything was written.</summary>
    None,

    /// <summary>The buffer was too small: use a larger one.</summary>
    BufferTooSmall,

    /// <summary>An attribute would exceed 65,535 bytes, which its 16-bit length cannot say: split it.</summary>
    AttributeTooLong,
}
