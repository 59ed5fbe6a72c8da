namespace Berth.Walk.Tests.Judge;

/// <summary>Rules in the text of their own tools; empty where a tool has none.</summary>
internal sealed record RulesetText
{
    internal static RulesetText Empty { get; } = new();

    /// <summary>For <c>ipset restore</c>: what is added to the sets of <see cref="IpSets"/>.</summary>
    internal string Elements { get; init; } = "";

    /// <summary>For <c>iptables-legacy-restore</c>.</summary>
    internal string Legacy { get; init; } = "";

    internal string Legacy6 { get; init; } = "";

    /// <summary>For <c>iptables-nft-restore</c>.</summary>
    internal string Compatible { get; init; } = "";

    internal string Compatible6 { get; init; } = "";

    /// <summary>For <c>nft -f</c>.</summary>
    internal string Native { get; init; } = "";

    /// <summary>For <c>ipvsadm --restore</c>: virtual services and their servers.</summary>
    internal string Virtual { get; init; } = "";

    /// <summary>Whether the native tables are made before those of iptables-nft: at equal priorities it decides.</summary>
    internal bool IsNativeFirst { get; init; }

    public override string ToString() => string.Concat(
        Part("ipset restore", Elements),
        Part("ipvsadm --restore", Virtual),
        Part("iptables-legacy-restore", Legacy),
        Part("ip6tables-legacy-restore", Legacy6),
        IsNativeFirst ? Part("nft -f -", Native) : "",
        Part("iptables-nft-restore", Compatible),
        Part("ip6tables-nft-restore", Compatible6),
        IsNativeFirst ? "" : Part("nft -f -", Native));

    private static string Part(string program, string text) =>
        text.Length == 0 ? "" : $"{program} <<'EOF'\n{text.TrimEnd()}\nEOF\n";
}
