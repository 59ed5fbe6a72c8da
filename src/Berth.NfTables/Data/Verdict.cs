namespace Berth.NfTables;

/// <summary>What becomes of a packet, and the chain of a jump or goto.</summary>
/// <param name="Kind">The verdict.</param>
/// <param name="Chain">The chain, for <see cref="VerdictKind.Jump"/> and <see cref="VerdictKind.Goto"/>.</param>
public sealed record Verdict(VerdictKind Kind, string? Chain = null)
{
    /// <summary>Let it pass this chain.</summary>
    public static Verdict Accept { get; } = new(VerdictKind.Accept);

    /// <summary>Drop it.</summary>
    public static Verdict Drop { get; } = new(VerdictKind.Drop);

    /// <summary>Go back to the calling chain.</summary>
    public static Verdict Return { get; } = new(VerdictKind.Return);

    /// <summary>Go on in <paramref name="chain"/>, and come back.</summary>
    public static Verdict Jump(string chain) => new(VerdictKind.Jump, chain);

    /// <summary>Go on in <paramref name="chain"/>, and do not come back.</summary>
    public static Verdict Goto(string chain) => new(VerdictKind.Goto, chain);
}
