namespace Berth.Netlink.Route;

/// <summary>A queueing discipline of a link.</summary>
/// <param name="LinkIndex">The link.</param>
/// <param name="Kind">Its kind, such as "fq_codel"; of those that only carry filters "clsact" or "ingress".</param>
public sealed record QueueingDiscipline(int LinkIndex, string Kind)
{
    /// <summary>Whether it queues nothing, and is there for filters that see what comes in, or goes out too.</summary>
    public bool IsForFilters => Kind is "clsact" or "ingress";
}
