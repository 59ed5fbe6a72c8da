using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Keeps count of the attachments behind each link. The count changes in the same transaction as the records it counts.
/// </summary>
internal static class LinkUsers
{
    /// <summary>Counts an attachment that comes to a link, or leaves one, or both.</summary>
    /// <param name="changes">Where the changes go.</param>
    /// <param name="links">The set.</param>
    /// <param name="former">The link that its record names until now, as it stands; null when none.</param>
    /// <param name="formerElement">The element it stands in.</param>
    /// <param name="wanted">The name of the link that its record is to name; null when none.</param>
    /// <param name="current">That link, as it stands; null when the attachment is the first.</param>
    /// <param name="currentElement">The element it stands in.</param>
    /// <param name="routeLocalnet">The sysctl's present value, to be recorded when the link is new; null for IPv6.</param>
    internal static void Move(
        ElementChanges changes,
        Set links,
        LinkRecord? former,
        Element? formerElement,
        string? wanted,
        LinkRecord? current,
        Element? currentElement,
        int? routeLocalnet)
    {
        if (former is not null && former.Link == wanted)
        {
            return;
        }

        if (former is not null)
        {
            Element? less = former.Users > 1 ? (former with { Users = former.Users - 1 }).ToElement() : null;
            changes.Replace(links, formerElement, less);
        }

        if (wanted is not null)
        {
            LinkRecord more = current is null
                ? new LinkRecord(wanted, 1, routeLocalnet)
                : current with { Users = current.Users + 1 };
            changes.Replace(links, currentElement, more.ToElement());
        }
    }
}
