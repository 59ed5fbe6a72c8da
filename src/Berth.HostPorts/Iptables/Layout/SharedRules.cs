using Berth.HostPorts.Configuration;

namespace Berth.HostPorts.Iptables;

/// <summary>The chains and rules that all containers share. They are made when they are missing, and never removed.</summary>
internal static class SharedRules
{
    private const int DefaultMarkBit = 13;

    /// <summary>The chains that a configuration needs.</summary>
    internal static List<string> Chains(HostPortConfiguration configuration) => Marks(configuration)
        ? [ChainNames.SetMark, ChainNames.Masquerade, ChainNames.Dnat]
        : [ChainNames.Dnat];

    /// <summary>The rules that a configuration needs.</summary>
    internal static List<RuleSpec> Rules(HostPortConfiguration configuration)
    {
        List<RuleSpec> rules = [];
        if (Marks(configuration))
        {
            string mark = $"0x{1u << (configuration.MarkMasqBit ?? DefaultMarkBit):x}";
            rules.Add(new RuleSpec(ChainNames.SetMark,
                ["-m", "comment", "--comment", "CNI portfwd masquerade mark", "-j", "MARK", "--set-xmark", $"{mark}/{mark}"]));
            rules.Add(new RuleSpec(ChainNames.Masquerade, ["-m", "mark", "--mark", $"{mark}/{mark}", "-j", "MASQUERADE"]));

            // First: behind the rules by which the bridge and ptp plugins masquerade it would never be reached.
            rules.Add(new RuleSpec("POSTROUTING",
                ["-m", "comment", "--comment", "CNI portfwd requiring masquerade", "-j", ChainNames.Masquerade])
            { IsFirst = true });
        }

        // Last: behind the rules of Services, which would otherwise never be reached (CVE-2019-9946).
        foreach (string entry in (string[])["PREROUTING", "OUTPUT"])
        {
            rules.Add(new RuleSpec(entry, ["-m", "addrtype", "--dst-type", "LOCAL", "-j", ChainNames.Dnat]));
        }

        return rules;
    }

    /// <summary>The chain that marks packets for masquerading; null when they are not to be.</summary>
    internal static string? MarkChain(HostPortConfiguration configuration) =>
        configuration.Snat ? configuration.ExternalSetMarkChain ?? ChainNames.SetMark : null;

    /// <summary>The chain of somebody else's that must be there; null when there is none.</summary>
    internal static string? ExternalChain(HostPortConfiguration configuration) =>
        configuration.Snat ? configuration.ExternalSetMarkChain : null;

    private static bool Marks(HostPortConfiguration configuration) =>
        configuration.Snat && configuration.ExternalSetMarkChain is null;
}
