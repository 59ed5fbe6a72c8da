using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Who is behind a link. The first attachment makes the link's element, the second marks the link as shared, and from then
/// on an attachment's own record is all: so an ADD only ever creates, which costs microseconds, where replacing a counter
/// would delete, and make the process wait for the kernel's grace period at its end.
/// The last one is found when it leaves: it was alone all the time, or no other record names the link.
/// </summary>
internal sealed class LinkMembership
{
    private readonly FamilyState _state;
    private bool? _isLast;

    internal LinkMembership(FamilyState state) => _state = state;

    private string? Former => _state.Record?.Link;

    private string? Wanted => _state.Plan?.Record.Link;

    private Set Links => _state.Table.Sets.Links;

    private Set Shared => _state.Table.Sets.SharedLinks;

    /// <summary>Whether the attachment leaves its link, and nobody else is behind it.</summary>
    internal bool LeavesNobody => _isLast ??= Former is string link && link != Wanted
        && (_state.FormerShared is null || !IsNamedByAnother(link));

    /// <summary>Whether the attachment comes to a link that has nobody yet.</summary>
    internal bool IsFirst => Wanted is not null && _state.Link is null;

    /// <summary>Says what changes.</summary>
    /// <param name="changes">Where it is said.</param>
    /// <param name="routeLocalnet">
    /// The sysctl's present value, recorded with the first attachment that needs it to be 1; null when this one does not.
    /// </param>
    internal void Move(ElementChanges changes, int? routeLocalnet)
    {
        if (LeavesNobody)
        {
            Leave(changes);
        }

        if (Wanted is not string link)
        {
            return;
        }

        changes.Replace(_state.Table.Sets.ReleasedLinks, _state.Released, null);
        if (_state.Link is null || (routeLocalnet is not null && LinkRecord.Parse(_state.Link)?.FormerRouteLocalnet is null))
        {
            changes.Replace(Links, _state.Link, new LinkRecord(link, routeLocalnet).ToElement());
        }

        if (_state.Link is not null && _state.Released is null && _state.Shared is null && Former != link)
        {
            changes.Replace(Shared, null, Mark(link));
        }
    }

    internal static DataValue MarkKey(string link) => DataValue.FromInterfaceName(link);

    internal static Element Mark(string link) => new(MarkKey(link)) { Comment = OwnerComment.Version };

    // A link whose sysctl is to be put back keeps its element, which says to what, until that is done.
    private void Leave(ElementChanges changes)
    {
        if (LinkRecord.Parse(_state.FormerLink) is { FormerRouteLocalnet: 0 } record)
        {
            changes.Replace(_state.Table.Sets.ReleasedLinks, _state.FormerReleased, Mark(record.Link));
            return;
        }

        changes.Replace(Links, _state.FormerLink, null);
        changes.Replace(Shared, _state.FormerShared, null);
    }

    private bool IsNamedByAnother(string link)
    {
        bool IsAnother(Element element) =>
            AttachmentRecord.Parse(element) is AttachmentRecord record && record.Link == link && record.Owner != _state.Owner;
        Set attachments = _state.Table.Sets.Attachments;

        // Among many, another is found at once; that there is none is believed only of a reading that was complete.
        using NfTablesConnection connection = NfTablesConnection.Open();
        if (connection.AnyElement(attachments, IsAnother))
        {
            return true;
        }

        using NfTablesConnection second = NfTablesConnection.Open();
        foreach (Element element in second.Elements(attachments))
        {
            if (IsAnother(element))
            {
                return true;
            }
        }

        return false;
    }
}
