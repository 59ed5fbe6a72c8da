using System.Net.Sockets;
using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Refuses ports that nf_tables has, for an attachment that iptables serves: whose rules are met before Berth's table, and may be
/// met before the reference plugin's. Of Berth's table nothing is taken for that: what is not hidden wholly stands beside.
/// </summary>
internal sealed class HeldInTables(
    NfTablesConnection connection, PodLinks node, Attachment attachment, HostPortConfiguration configuration)
{
    /// <summary>Looks for them.</summary>
    /// <exception cref="HostPortException">There is one; the message names the first, and who holds it.</exception>
    internal void Refuse()
    {
        foreach (FamilyState state in Conflicts.Read(connection, node, attachment, configuration, chains: true).States)
        {
            ReferenceTakeover.Refuse(connection, state.Reference, attachment, configuration, isMetLast: false);
            AddressFamily family = state.Table.Family == NfFamily.Ip ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
            if (Newcomer.Make(family, attachment, configuration, isMetLast: false) is Newcomer newcomer)
            {
                Refuse(state, newcomer);
            }
        }
    }

    // All networks' parts: their conditions keep nothing from being hidden by what is met first and has none.
    private void Refuse(FamilyState state, Newcomer newcomer)
    {
        foreach (TablePart part in state.ReadParts(connection).All)
        {
            foreach (PortMaps maps in (PortMaps[])[part.Anywhere, part.AtAddress])
            {
                foreach (Set set in (Set[])[maps.Single, maps.Ranges])
                {
                    foreach (Element element in connection.Elements(set))
                    {
                        Refuse(state, newcomer, element);
                    }
                }
            }
        }
    }

    private void Refuse(FamilyState state, Newcomer newcomer, Element element)
    {
        OwnerComment? owner = OwnerComment.Parse(element.Comment);
        if (MappingElement.From(state.Table.Family, element) is not MappingElement held || owner?.Owner == state.Owner
            || newcomer.Over(held.Claim, isOfNetwork: true) != ClaimOverlap.Covered)
        {
            return;
        }

        AttachmentRecord? record = owner is null ? null : Ask(state, owner);
        string holder = owner is null
            ? "somebody who is not named"
            : owner.Label + (record is null ? "" : $", container {record.Container}");
        bool isOfNetwork = record?.Network == AttachmentId.NetworkKey(attachment.Id.Network);
        if (newcomer.Over(held.Claim, isOfNetwork) is var overlap and ClaimOverlap.Covered)
        {
            Conflicts.Refuse(newcomer, overlap, held, record?.Container, null, holder);
        }
    }

    private AttachmentRecord? Ask(FamilyState state, OwnerComment owner)
    {
        Query query = new();
        Answer<Element> answer = query.Element(state.Table.Sets.Attachments, AttachmentRecord.Key(owner.Owner));
        connection.Ask(query);
        return AttachmentRecord.Parse(answer.Value);
    }
}
