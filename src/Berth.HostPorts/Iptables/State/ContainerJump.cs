namespace Berth.HostPorts.Iptables;

/// <summary>A container's chain, with what the comment of the jump to it says of the container.</summary>
internal sealed class ContainerJump
{
    private const string Start = "dnat name: \"";
    private const string Middle = "\" id: \"";

    private readonly string _comment;
    private readonly int _middle;
    private bool? _hasConditions;

    private ContainerJump(SavedRule rule, string chain)
    {
        Rule = rule;
        Chain = chain;
        _comment = rule.Value("--comment") ?? "";
        _middle = _comment.StartsWith(Start, StringComparison.Ordinal)
            ? _comment.IndexOf(Middle, StringComparison.Ordinal)
            : -1;
    }

    /// <summary>The first jump to each container's chain, in the order in which they are met.</summary>
    internal static List<ContainerJump> All(NatTable table)
    {
        List<ContainerJump> jumps = [];
        HashSet<string> seen = [];
        foreach (SavedRule rule in table.Rules(ChainNames.Dnat))
        {
            if (rule.Jump is string chain && ChainNames.IsOfContainer(chain) && seen.Add(chain))
            {
                jumps.Add(new ContainerJump(rule, chain));
            }
        }

        return jumps;
    }

    internal SavedRule Rule { get; }

    internal string Chain { get; }

    /// <summary>How CNI_CONTAINERID begins, most often all of it; null when the comment does not say it.</summary>
    internal string? Container => _middle < 0 ? null
        : _comment[(_middle + Middle.Length)..] is [.. var whole, '"'] ? whole
        : _comment[(_middle + Middle.Length)..] is [_, .., '.', '.'] cut ? cut[..^2]
        : null;

    /// <summary>Its network; null when the comment does not say it.</summary>
    internal string? Network => _middle < 0 ? null : _comment[Start.Length.._middle];

    /// <summary>Whether its network had conditions when the jump was made.</summary>
    internal bool HasConditions => _hasConditions ??= JumpConditions.Of(Rule.Arguments).Count > 0;

    /// <summary>Who the chain is for, as a message says it.</summary>
    internal string Holder => _middle >= 0
        ? $"container {_comment[(_middle + Middle.Length)..].TrimEnd('"')} on network {_comment[Start.Length.._middle]} (chain {Chain})"
        : _comment.StartsWith(Start, StringComparison.Ordinal)
            ? $"a container on network {_comment[Start.Length..]} (chain {Chain})"
            : $"whoever chain {Chain} is for";

    /// <summary>Whether the container is in a network.</summary>
    internal bool IsOf(string network) =>
        _comment.StartsWith(ContainerRules.CommentOfNetwork("dnat", network), StringComparison.Ordinal);
}
