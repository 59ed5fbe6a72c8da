using System.Net.Sockets;
using System.Text;
using Berth.HostPorts;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// The tables of iptables-legacy of this node, as the kernel gives them: no program is run, and of 60,000 rules only those
/// that a packet reaches are looked at.
/// </summary>
internal static class LegacyTablesHere
{
    // struct ipt_get_entries: name, size, and padding.
    private const int EntriesAt = 40;

    /// <summary>Whether this machine's structures are known here; elsewhere iptables-legacy-save has to do.</summary>
    internal static bool IsKnown => EntryLayout.IsKnown;

    /// <summary>The base chains.</summary>
    /// <param name="snapshot">The rest of the node: ipsets stand in rules as numbers.</param>
    internal static Part<IReadOnlyList<WalkProgram>> Read(NodeSnapshot snapshot) => PartReader.Read(() =>
    {
        List<WalkProgram> programs = [];
        foreach (NfFamily family in (ReadOnlySpan<NfFamily>)[NfFamily.Ip, NfFamily.Ip6])
        {
            // Asking for a table that is not there would make it.
            string names = family == NfFamily.Ip6 ? "/proc/net/ip6_tables_names" : "/proc/net/ip_tables_names";
            foreach (string table in File.Exists(names) ? File.ReadAllLines(names) : [])
            {
                RuleContext context = IptablesPrograms.Context(snapshot, family);
                if (!LegacyIptables.TryRead(context.Family, Encoding.ASCII.GetBytes(table), out byte[] info, out byte[] entries))
                {
                    return Part.Unreadable<IReadOnlyList<WalkProgram>>(
                        info.Length > 0 ? $"the table {table} of iptables-legacy changes all the time" : $"{PartReader.NeedsRoot} (CAP_NET_ADMIN and CAP_NET_RAW)");
                }

                EntryTable indexed;
                try
                {
                    indexed = EntryTable.Index(context, table, info, entries.AsMemory(EntriesAt));
                }
                catch (FormatException e)
                {
                    return Part.Unreadable<IReadOnlyList<WalkProgram>>(e.Message);
                }

                foreach (BaseChain chain in BaseChain.All)
                {
                    if (chain.Table == table && indexed.HasChain(chain.Name))
                    {
                        programs.Add(new LegacyProgram(family, chain, indexed.Policy(chain.Name), indexed.Rules));
                    }
                }
            }
        }

        return programs.Count == 0
            ? Part.Absent<IReadOnlyList<WalkProgram>>("no table of iptables-legacy")
            : Part.Of<IReadOnlyList<WalkProgram>>(programs);
    });
}
