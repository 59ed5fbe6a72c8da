using Berth.Netlink;
using Berth.NfTables;
using Microsoft.Win32.SafeHandles;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Puts route_localnet back on links that nobody is behind any more. A DEL or GC only marks such a link, in the transaction
/// that takes its last attachment away; the sysctl is written afterwards, and then link and mark go. Whoever is killed in
/// between, or cannot write, or must leave it to the reference plugin's mappings, leaves the mark, and the next call of any
/// verb goes on from there.
/// </summary>
internal static class LinkSettlement
{
    private static readonly Set Released = TableSets.MakeReleasedLinks(NfFamily.Ip);

    /// <summary>Settles what there is to settle. What stands in its way is a warning: the mark stays.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="turn">The caller's turn, when it may have one.</param>
    /// <param name="warn">Gets the reason when it could not be done.</param>
    internal static void Run(NfTablesConnection connection, NodeTurn? turn, Action<string> warn)
    {
        try
        {
            if (!AnyIsReleased(connection) || ReferencePlugin.HasMappings(connection))
            {
                return;
            }

            using NodeTurn? own = turn is null ? new NodeTurn() : null;
            turn ??= own!;
            turn.Take();
            Attempts.Run(() => Attempt(connection), turn);
        }
        catch (Exception e) when (e is HostPortException or NetlinkException)
        {
            warn($"route_localnet is still to be put back, the next call tries again: {e.Message}");
        }
    }

    // Nearly always none; where the kernel says how many elements a set has, nothing more need be read.
    private static bool AnyIsReleased(NfTablesConnection connection)
    {
        Query query = new();
        Answer<Set> present = query.Set(Released);
        connection.Ask(query);
        return present.Value is not null and not { Count: 0 } && connection.Elements(Released).Count > 0;
    }

    private static bool Attempt(NfTablesConnection connection)
    {
        Generation generation = connection.Generation();
        ElementChanges changes = new();
        TableSets sets = new(NfFamily.Ip);
        foreach (Element mark in connection.Elements(Released))
        {
            string link = mark.Key.ToInterfaceName();
            Query query = new();
            Answer<Element> element = query.Element(sets.Links, LinkRecord.Key(link));
            Answer<Element> shared = query.Element(sets.SharedLinks, mark.Key);
            connection.Ask(query);
            PutBack(link);
            changes.Replace(sets.Links, element.Value, null);
            changes.Replace(sets.SharedLinks, shared.Value, null);
            changes.Replace(sets.ReleasedLinks, mark, null);
        }

        Transaction transaction = new();
        changes.WriteTo(transaction);
        return connection.Commit(transaction, generation);
    }

    private static void PutBack(string link)
    {
        using SafeFileHandle? file = RouteLocalnet.Open(link);
        try
        {
            if (file is not null)
            {
                RouteLocalnet.Write(file, link, 0);
            }
        }
        catch (HostPortException) when (RouteLocalnet.Read(link) is null)
        {
            // Gone between opening and writing.
        }
    }
}
