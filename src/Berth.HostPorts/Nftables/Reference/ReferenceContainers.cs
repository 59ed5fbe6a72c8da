using Berth.Cni;
using Berth.Cni.Runtime;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Which of the containers that the reference plugin's rules name are dead. The rules say no network, so a GC, which is
/// about one network, must not judge by its list alone: a container is dead when it is not listed, and the runtime's cache
/// knows it in no network. Where the cache cannot be what it is taken for, nobody is.
/// </summary>
internal sealed class ReferenceContainers
{
    private readonly HashSet<string> _listed = [];
    private readonly string _directory;
    private readonly Action<string> _warn;
    private bool _hasWarned;

    /// <param name="alive">The attachments that are alive in the network that the GC is about.</param>
    /// <param name="cacheDirectory">The runtime's cache.</param>
    /// <param name="warn">Gets the reason when rules stay because nobody knows.</param>
    internal ReferenceContainers(IReadOnlyList<CniAttachment> alive, string cacheDirectory, Action<string> warn)
    {
        foreach (CniAttachment attachment in alive)
        {
            _listed.Add(attachment.ContainerId);
        }

        _directory = cacheDirectory;
        _warn = warn;
    }

    /// <summary>
    /// The rules of dead containers. Rules are read before the cache: who comes in between is in the cache, or in neither.
    /// </summary>
    internal List<ReferenceRule> FindDead(NfTablesConnection connection, ReferenceTable table)
    {
        List<ReferenceRule> rules = table.All(connection).FindAll(rule => !_listed.Contains(rule.Container));
        if (rules.Count == 0)
        {
            return rules;
        }

        CachedContainers? cached = CachedContainers.Read(new ResultCache(_directory));
        if (cached is null)
        {
            return Keep($"there is no directory {_directory}/results that could be read");
        }

        // Whoever calls GC has a cache entry for each attachment that it lists.
        foreach (string listed in _listed)
        {
            if (!cached.Contains(listed))
            {
                return Keep($"{_directory}/results does not know container {listed}, which is alive");
            }
        }

        return rules.FindAll(rule => !cached.Contains(rule.Container));
    }

    private List<ReferenceRule> Keep(string reason)
    {
        if (!_hasWarned)
        {
            _hasWarned = true;
            _warn($"rules of the reference plugin stay in {ReferenceTable.Name}, for nobody knows whose containers are alive: "
                + $"{reason}. Name the runtime's CNI cache with \"cacheDir\".");
        }

        return [];
    }
}
