using Berth.Cni.Runtime;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// The containers that a runtime's cache has an entry of, in whatever network. Told by the names of the files alone,
/// NETWORK-CONTAINERID-IFNAME: entries of old libcni versions say it nowhere else. All three may hold hyphens, and in doubt
/// a container is there.
/// </summary>
internal sealed class CachedContainers
{
    private readonly IReadOnlyList<string> _names;
    private readonly HashSet<string> _parts = [];

    internal CachedContainers(IReadOnlyList<string> names)
    {
        _names = names;
        foreach (string name in names)
        {
            _parts.UnionWith(name.Split('-'));
        }
    }

    /// <summary>Reads them; null when there is no such cache, or it cannot be read.</summary>
    internal static CachedContainers? Read(ResultCache cache) =>
        cache.EntryNames() is IReadOnlyList<string> names ? new CachedContainers(names) : null;

    /// <summary>Whether some container's ID may begin so.</summary>
    internal bool MayContain(string beginning)
    {
        foreach (string name in _names)
        {
            if (name.Contains($"-{beginning}", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether there is some container of a network.</summary>
    internal bool Knows(string network)
    {
        foreach (string name in _names)
        {
            if (name.StartsWith($"{network}-", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a container has entries, and all of them in one network.</summary>
    internal bool HasOnlyIn(string container, string network)
    {
        bool isThere = false;
        foreach (string name in _names)
        {
            if (name.StartsWith($"{network}-{container}-", StringComparison.Ordinal))
            {
                isThere = true;
            }
            else if (name.Contains($"-{container}-", StringComparison.Ordinal))
            {
                return false;
            }
        }

        return isThere;
    }

    internal bool Contains(string container)
    {
        if (!container.Contains('-', StringComparison.Ordinal))
        {
            return _parts.Contains(container);
        }

        foreach (string name in _names)
        {
            if (name.Contains($"-{container}-", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
