using System.Net;
using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// Takes from containers' chains the mappings, with what marks their packets, that would come before those of another backend: the newest owner of a port
/// has it. A container's jump stays, for its other ports, and its DEL finds everything as it expects.
/// </summary>
internal static class Takeover
{
    /// <summary>The input that does it; empty when there is nothing in the way.</summary>
    /// <param name="table">The table as it is.</param>
    /// <param name="wanted">The rules that the new owner would have here.</param>
    /// <param name="taken">Gets the mappings that are taken.</param>
    internal static RestoreInput Make(NatTable table, ContainerRules wanted, List<MappingElement> taken)
    {
        HashSet<string> keys = [];
        foreach (MappingElement mapping in wanted.Mappings)
        {
            keys.Add(Key(mapping, mapping.HostAddress));

            // One of any address covers ours of a single one; the other way round, the single one is right to win.
            keys.Add(Key(mapping, null));
        }

        RestoreInput input = Removal.Make(table, [wanted.Chain]);
        taken.AddRange(SavedMappings.Of(table, wanted.Chain));
        foreach ((string chain, List<SavedRule> rules) in table.Chains)
        {
            if (chain == wanted.Chain || !ChainNames.IsOfContainer(chain))
            {
                continue;
            }

            foreach (SavedRule rule in rules)
            {
                // Those that mark too: the packets are the new owner's, who wants them masqueraded or not.
                if (SavedMappings.ReadPort(rule) is not (var host, byte protocol, ushort port)
                    || !keys.Contains(Key(host, protocol, port)))
                {
                    continue;
                }

                input.Delete(chain, rule);
                if (SavedMappings.Read(rule) is MappingElement mapping)
                {
                    taken.Add(mapping);
                }
            }
        }

        return input;
    }

    /// <summary>What two mappings of one port have in common.</summary>
    internal static string Key(MappingElement mapping, IPAddress? host) => Key(host, mapping.Protocol, mapping.HostPort);

    private static string Key(IPAddress? host, byte protocol, ushort port) => $"{host} {protocol} {port}";
}
