namespace Berth.HostPorts.Iptables;

/// <summary>What a jump to a container's chain asks of a packet besides its port: a network's conditions.</summary>
internal static class JumpConditions
{
    // What every jump to a container's chain has.
    private static readonly string[] Usual =
        ["-p", "--comment", "--dports", "-j", "-m\ncomment", "-m\nmultiport", "-m\ntcp", "-m\nudp", "-m\nsctp"];

    /// <summary>The conditions, each with its values, in alphabetical order; none for most.</summary>
    internal static List<string> Of(IReadOnlyList<string> arguments)
    {
        List<string> options = SavedRule.Options(arguments);
        for (int i = options.Count - 1; i >= 0; i--)
        {
            int end = options[i].IndexOf('\n');
            if (Array.IndexOf(Usual, options[i]) >= 0 || (end > 0 && Array.IndexOf(Usual, options[i][..end]) >= 0))
            {
                options.RemoveAt(i);
            }
        }

        return options;
    }

    /// <summary>
    /// Whether a container's mappings and those of another may have the same port, each where its conditions hold: those of
    /// two networks whose conditions are not the same.
    /// </summary>
    internal static bool AreApart(ContainerJump jump, ContainerRules rules)
    {
        if (jump.IsOf(rules.Network))
        {
            return false;
        }

        List<string> some = Of(jump.Rule.Arguments);
        List<string> others = Of(rules.Jumps[0].Arguments);
        for (int i = 0; i < Math.Min(some.Count, others.Count); i++)
        {
            if (some[i] != others[i])
            {
                return true;
            }
        }

        return some.Count != others.Count;
    }
}
