using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>Verdicts as nft writes them.</summary>
internal static class NftVerdictText
{
    /// <summary>The verdict; null for what the kernel has and nft has no word for.</summary>
    internal static string? Of(Verdict verdict) => verdict.Kind switch
    {
        VerdictKind.Accept => "accept",
        VerdictKind.Drop => "drop",
        VerdictKind.Continue => "continue",
        VerdictKind.Return => "return",
        VerdictKind.Jump => $"jump {verdict.Chain}",
        VerdictKind.Goto => $"goto {verdict.Chain}",
        _ => null,
    };
}
