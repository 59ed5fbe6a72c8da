using Berth.Cni;

namespace Berth.HostPorts.Configuration;

/// <summary>Refuses a configuration whose keys no backend can serve together.</summary>
public static class BackendContradictions
{
    internal static void Check(HostPortConfiguration configuration)
    {
        List<string> nftables = [];
        List<string> iptables = [];
        Sort(configuration.ConditionsV4, "conditionsV4", iptables, nftables);
        Sort(configuration.ConditionsV6, "conditionsV6", iptables, nftables);
        if (configuration.ExternalSetMarkChain is not null)
        {
            iptables.Add("externalSetMarkChain");
        }

        // The reference knows neither. In its chains nothing could keep what they say.
        nftables.AddRange(Exclusions(configuration));

        switch (configuration.Backend)
        {
            case Backend.Nftables when iptables.Count > 0:
                throw Contradiction("nftables", "iptables", iptables, "\"nftables\"");
            case Backend.Iptables when nftables.Count > 0:
                throw Contradiction("iptables", "nftables", nftables, "\"iptables\"");
            // The reference ignores a mark bit under an explicit nftables, but not beside nft conditions alone.
            case Backend.Auto when nftables.Count > 0 && configuration.NeedsIptables:
                if (configuration.MarkMasqBit is not null)
                {
                    iptables.Add("markMasqBit");
                }

                throw Contradiction(
                    "iptables", "nftables", nftables, $"missing, and iptables alone has {string.Join(" and ", iptables)}");
            default:
                break;
        }
    }

    /// <summary>
    /// Refuses what only nftables can serve where iptables serves all the same, because the kernel has no nf_tables.
    /// </summary>
    /// <exception cref="CniException">There is something; the message names the keys.</exception>
    public static void CheckWithoutNfTables(HostPortConfiguration configuration)
    {
        List<string> keys = Exclusions(configuration);
        Sort(configuration.ConditionsV4, "conditionsV4", [], keys);
        Sort(configuration.ConditionsV6, "conditionsV6", [], keys);
        if (keys.Count > 0)
        {
            throw Contradiction("iptables", "nftables", keys, "missing, and the kernel has no nf_tables");
        }
    }

    private static List<string> Exclusions(HostPortConfiguration configuration)
    {
        List<string> keys = [];
        if (configuration.ExcludeDestinations.Count > 0)
        {
            keys.Add("excludeDestinations");
        }

        if (configuration.ExcludeInterfaces.Count > 0)
        {
            keys.Add("excludeInterfaces");
        }

        return keys;
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
