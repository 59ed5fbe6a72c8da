using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Iptables;

/// <summary>Refuses ports that another container's chain has in the table that serves.</summary>
internal static class HeldPorts
{
    // What every jump to a container's chain has.
    private static readonly string[] UsualOptions = ["-p", "-m", "--comment", "--dports", "-j"];
    private static readonly string[] UsualMatches = ["comment", "multiport"];

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
            if (jump.Chain == wanted.Chain || AreApart(jump, wanted))
            {
                continue;
            }

            foreach (MappingElement mapping in SavedMappings.Of(table, jump.Chain))
            {
                if (keys.Contains(Key(mapping)))
                {
                    throw Conflicts.Refusal(mapping, jump.Holder);
                }
            }
        }
    }

    private static string Key(MappingElement mapping) => $"{mapping.HostAddress} {mapping.Protocol} {mapping.HostPort}";

    // Two networks of which one has conditions may have the same port, as in the nftables backend.
    private static bool AreApart(ContainerJump jump, ContainerRules wanted) =>
        !jump.IsOf(wanted.Network) && (wanted.HasConditions || HasConditions(jump.Rule));

    private static bool HasConditions(SavedRule jump)
    {
        for (int i = 0; i < jump.Arguments.Count; i++)
        {
            string argument = jump.Arguments[i];
            bool isOption = argument is "!" or ['-', ..];
            if (isOption && (Array.IndexOf(UsualOptions, argument) < 0
                || (argument == "-m" && i + 1 < jump.Arguments.Count && Array.IndexOf(UsualMatches, jump.Arguments[i + 1]) < 0)))
            {
                return true;
            }
        }

        return false;
    }
}
