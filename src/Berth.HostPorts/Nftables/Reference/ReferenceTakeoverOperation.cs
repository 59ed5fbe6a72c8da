using Berth.HostPorts.Configuration;
using Berth.NfTables;

namespace Berth.HostPorts.Nftables;

/// <summary>
/// Takes from the reference plugin's nftables rules what an attachment has in iptables from now on: they stand at the same
/// priority as iptables' own, and which of the two is met first depends on who came last.
/// </summary>
internal sealed class ReferenceTakeoverOperation(
    NfTablesConnection connection, PodLinks node, Attachment attachment, HostPortConfiguration configuration)
{
    private readonly List<MappingElement> _taken = [];

    /// <summary>Does it.</summary>
    /// <returns>The mappings that were taken.</returns>
    internal IReadOnlyList<MappingElement> Run()
    {
        Attempts.Run(Attempt);
        return _taken;
    }

    private bool Attempt()
    {
        (Generation generation, List<FamilyState> states) = Conflicts.Read(connection, node, attachment, configuration, chains: false);
        ReferenceRemoval leftovers = new();
        foreach (FamilyState state in states)
        {
            leftovers.Add(ReferenceTakeover.Find(connection, state, attachment, configuration, isMetLast: false));
        }

        _taken.AddRange(leftovers.Mappings);
        Transaction transaction = new();
        leftovers.WriteTo(transaction);
        return connection.Commit(transaction, generation);
    }
}
