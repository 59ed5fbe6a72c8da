using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>Refuses ports that another attachment holds, for networks that want that ("onConflict": "fail").</summary>
internal static class Conflicts
{
    /// <exception cref="HostPortException">A port is held; the message names the first, and who holds it.</exception>
    internal static void Refuse(NfTablesConnection connection, IReadOnlyList<FamilyState> states)
    {
        foreach (FamilyState state in states)
        {
            foreach (Slot slot in state.Plan?.Ports ?? [])
            {
                if (slot.Actual is Element held && !slot.IsHeldBy(state.Owner))
                {
                    throw Refusal(connection, state, slot, held);
                }
            }
        }
    }

    private static HostPortException Refusal(
        NfTablesConnection connection, FamilyState state, Slot slot, Element held)
    {
        const string Remedy = "Remove the holder, choose another hostPort or hostIP, or let the newest owner win: "
            + "\"onConflict\": \"replace\".";
        string port = KeyText.Describe(slot);
        string target = KeyText.DescribeTarget(held);
        if (OwnerComment.Parse(held.Comment) is not OwnerComment holder)
        {
            return new HostPortException($"{port} is taken: it leads to {target}, and does not say for whom", Remedy);
        }

        Query query = new();
        Answer<Element> answer = query.Element(state.Table.Sets.Attachments, AttachmentRecord.Key(holder.Owner));
        connection.Ask(query);
        string container = AttachmentRecord.Parse(answer.Value) is AttachmentRecord record
            ? $", container {record.Container}"
            : "";
        return new HostPortException($"{port} is taken by {holder.Label}{container}: it leads to {target}", Remedy);
    }
}
