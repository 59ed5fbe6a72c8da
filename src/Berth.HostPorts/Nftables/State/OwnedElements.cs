using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Finds by reading whole sets what an attachment owns: for when its keys are not known, or not all of them.</summary>
internal static class OwnedElements
{
    /// <summary>All elements of these sets whose comment names one of the owners.</summary>
    internal static IEnumerable<(Set Set, Element Element)> Find(
        NfTablesConnection connection, IEnumerable<Set> sets, Predicate<string> isOwner)
    {
        foreach (Set set in sets)
        {
            foreach (Element element in connection.Elements(set))
            {
                if (OwnerComment.Parse(element.Comment) is OwnerComment comment && isOwner(comment.Owner))
                {
                    yield return (set, element);
                }
            }
        }
    }
}
