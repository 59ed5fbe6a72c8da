using Berth.Netlink;

namespace Berth.NfTables;

/// <summary>An expression of a kind, or with an option, that this library does not know, kept as it came.</summary>
/// <param name="KindName">The kernel's name of its kind.</param>
/// <param name="Data">Its attributes.</param>
public sealed record UnknownExpression(string KindName, DataValue Data) : Expression
{
    /// <inheritdoc/>
    public override string Name => KindName;

    /// <inheritdoc/>
    protected internal override void WriteData(ref MessageWriter writer) => writer.PutStructure(Data.Bytes);
}
