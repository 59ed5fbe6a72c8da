using Berth.Cni;

namespace Berth.HostPorts.Iptables;

/// <summary>
/// Finds the chains of a network's containers that are not alive. The comment of a jump names network and container; the
/// container's part may be cut, so the chains of those who are alive are known by their names instead.
/// </summary>
internal sealed class DeadContainers
{
    private readonly string[] _comments;
    private readonly HashSet<string> _alive = [];

    internal DeadContainers(string network, IReadOnlyList<CniAttachment> alive)
    {
        _comments = [ContainerRules.CommentOfNetwork("dnat", network), ContainerRules.CommentOfNetwork("snat", network)];
        foreach (CniAttachment attachment in alive)
        {
            _alive.Add(ChainNames.OfContainer(network, attachment.ContainerId));
            _alive.Add(ChainNames.OldSnatOfContainer(network, attachment.ContainerId));
        }
    }

    internal IReadOnlyCollection<string> Chains(NatTable table)
    {
        HashSet<string> dead = [];
        foreach (string entry in (string[])[ChainNames.Dnat, ChainNames.OldSnat])
        {
            foreach (SavedRule jump in table.Rules(entry))
            {
                if (jump.Jump is string chain && ChainNames.IsOfContainer(chain) && !_alive.Contains(chain)
                    && jump.Value("--comment") is string comment
                    && Array.Exists(_comments, start => comment.StartsWith(start, StringComparison.Ordinal)))
                {
                    dead.Add(chain);
                }
            }
        }

        return dead;
    }
}
