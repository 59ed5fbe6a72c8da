using Berth.Cni.Runtime;
using Berth.HostPorts.Nftables;

namespace Berth.HostPorts;

/// <summary>
/// Which containers are alive, as the runtime's cache tells GC; where there is no cache, everybody is. Read when it is first
/// asked, which few calls do.
/// </summary>
/// <param name="cacheDirectory">Where libcni keeps its cache.</param>
/// <param name="own">The network of whoever asks: it is this cache's, though it may have no entry yet.</param>
internal sealed class LivingContainers(string cacheDirectory, string own)
{
    private CachedContainers? _cached;
    private bool _isRead;

    private CachedContainers? Cached
    {
        get
        {
            if (!_isRead)
            {
                _cached = CachedContainers.Read(new ResultCache(cacheDirectory));
                _isRead = true;
            }

            return _cached;
        }
    }

    /// <summary>
    /// Whether a container is known to be gone. Of another network that the cache knows nothing of it is not: another runtime, with
    /// a cache of its own, may have it.
    /// </summary>
    /// <param name="beginning">How its CNI_CONTAINERID begins; null when nobody knows.</param>
    /// <param name="network">Its network; null when nobody knows.</param>
    internal bool IsGone(string? beginning, string? network) =>
        beginning is not null && Cached is { } cached && !cached.MayContain(beginning) && (network is null || network == own || cached.Knows(network));

    /// <summary>Whether a container is known to be in a network, and in no other.</summary>
    /// <param name="container">Its CNI_CONTAINERID.</param>
    /// <param name="network">The network.</param>
    internal bool IsOnlyIn(string container, string network) => Cached is { } cached && cached.HasOnlyIn(container, network);
}
