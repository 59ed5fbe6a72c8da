using Berth.HostPorts.Nftables;

namespace Berth.HostPorts.Iptables;

/// <summary>Finds ports that another container's chain has, and refuses them.</summary>
internal static class HeldPorts
{
    private const string Start = "dnat name: \"";
    private const string Middle = "\" id: \"";

    // What every jump to a container's chain has.
    private static readonly string[] UsualOptions = ["-p", "-m", "--comment", "--dports", "-j"];
    private static readonly string[] UsualMatches = ["comment", "multiport"];

    /// <summary>Looks for them, for networks that want no port of somebody else's ("onConflict": "fail").</summary>
    /// <param name="table">The table as it is.</param>
    /// <param name="wanted">The rules that the new container would have here.</param>
    /// <param name="areMetFirst">
    /// Whether the table's rules are met before the new container's, which another backend makes: then one of any address
    /// stands in the way of a single one too.
    /// </param>
    /// <exception cref="HostPortException">There is one; the message names the holder.</exception>
    internal static void Refuse(NatTable table, ContainerRules wanted, bool areMetFirst)
    {
        if (Find(table, wanted, areMetFirst) is (MappingElement held, string holder))
        {
            throw Conflicts.Refusal(held, holder);
        }
    }

    /// <summary>The first, and whose it is; null when there is none.</summary>
    internal static (MappingElement Held, string Holder)? Find(NatTable table, ContainerRules wanted, bool areMetFirst)
    {
        HashSet<string> keys = [];
        foreach (MappingElement mapping in wanted.Mappings)
        {
            keys.Add(Takeover.Key(mapping, mapping.HostAddress));
            keys.Add(Takeover.Key(mapping, areMetFirst ? null : mapping.HostAddress));
        }

        HashSet<string> looked = [];
        foreach (SavedRule jump in table.Rules(ChainNames.Dnat))
        {
            if (jump.Jump is not string chain || chain == wanted.Chain || !ChainNames.IsOfContainer(chain)
                || (!areMetFirst && AreApart(jump, wanted)) || !looked.Add(chain))
            {
                continue;
            }

            foreach (MappingElement mapping in SavedMappings.Of(table, chain))
            {
                if (keys.Contains(Takeover.Key(mapping, mapping.HostAddress)))
                {
                    return (mapping, Holder(jump, chain));
                }
            }
        }

        return null;
    }

    // Two networks of which one has conditions may have the same port, as in the nftables backend.
    private static bool AreApart(SavedRule jump, ContainerRules wanted) =>
        !IsOf(jump, wanted.Network) && (wanted.HasConditions || HasConditions(jump));

    private static bool IsOf(SavedRule jump, string network) => jump.Value("--comment") is string comment
        && comment.StartsWith(ContainerRules.CommentOfNetwork("dnat", network), StringComparison.Ordinal);

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

    private static string Holder(SavedRule jump, string chain)
    {
        string comment = jump.Value("--comment") ?? "";
        int middle = comment.IndexOf(Middle, StringComparison.Ordinal);
        return comment.StartsWith(Start, StringComparison.Ordinal) && middle > 0
            ? $"container {comment[(middle + Middle.Length)..].TrimEnd('"')} on network {comment[Start.Length..middle]} (chain {chain})"
            : $"whoever chain {chain} is for";
    }
}
