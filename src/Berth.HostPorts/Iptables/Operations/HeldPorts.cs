using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Iptables;

/// <summary>Refuses ports that another container's chain has in the table that serves.</summary>
internal static class HeldPorts
{
    /// <summary>Looks for them, for networks that want no port of somebody else's ("onConflict": "fail").</summary>
    /// <param name="table">The table as it is.</param>
    /// <param name="wanted">The rules that the new container would have here.</param>
    /// <exception cref="HostPortException">There is one; the message names the holder.</exception>
    internal static void Refuse(NatTable table, ContainerRules wanted)
    {
        HashSet<string> keys = [];
        foreach (MappingElement mapping in wanted.Mappings)
        {
            keys.Add(Key(mapping));
        }

        foreach (ContainerJump jump in ContainerJump.All(table))
        {
            foreach (MappingElement mapping in jump.Chain == wanted.Chain ? [] : SavedMappings.Of(table, jump.Chain))
            {
                if (keys.Contains(Key(mapping)) && !JumpConditions.AreApart(jump, wanted))
                {
                    throw Conflicts.Refusal(mapping, jump.Holder);
                }
            }
        }
    }

    private static string Key(MappingElement mapping) => $"{mapping.HostAddress} {mapping.Protocol} {mapping.HostPort}";
}
