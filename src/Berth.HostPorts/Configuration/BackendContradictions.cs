using Berth.Cni;

namespace Berth.HostPorts.Configuration;

/// <summary>Refuses a configuration whose keys no backend can serve together.</summary>
internal static class BackendContradictions
{
    public static void Check(HostPortConfiguration configuration)
    {
        List<string> nftables = [];
        List<string> iptables = [];
        Sort(configuration.ConditionsV4, "conditionsV4", iptables, nftables);
        Sort(configuration.ConditionsV6, "conditionsV6", iptables, nftables);
        if (configuration.ExternalSetMarkChain is not null)
        {
            iptables.Add("externalSetMarkChain");
        }

        switch (configuration.Backend)
        {
            case Backend.Nftables when iptables.Count > 0:
                throw Contradiction("nftables", "iptables", iptables, "\"nftables\"");
            case Backend.Iptables when nftables.Count > 0:
                throw Contradiction("iptables", "nftables", nftables, "\"iptables\"");
            // The reference ignores a mark bit under an explicit nftables, but not beside nft conditions alone.
            case Backend.Auto when nftables.Count > 0 && configuration.NeedsIptables:
                throw Contradiction("iptables", "nftables", nftables, "missing, and the other keys need iptables");
            default:
                break;
        }
    }

    private static void Sort(
        IReadOnlyList<string>? conditions, string key, List<string> iptables, List<string> nftables)
    {
        if (ConditionSyntax.IsIptables(conditions))
        {
            iptables.Add(key);
        }
        else if (ConditionSyntax.IsNftables(conditions))
        {
            nftables.Add(key);
        }
    }

    private static CniException Contradiction(
        string backend, string other, List<string> keys, string found) => ConfigurationError.Make(
            $"{backend} backend was requested but configuration contains {other}-specific options [{string.Join(' ', keys)}]",
            "backend", found, $"\"{other}\" with {string.Join(" and ", keys)}, or \"{backend}\" without");
}
