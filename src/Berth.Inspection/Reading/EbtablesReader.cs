using System.Runtime.InteropServices;
using System.Text;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// Reads which tables of ebtables-legacy there are, and what their built-in chains hold: not the rules themselves. Tables are
/// asked for only where their modules are loaded, which the question would do.
/// </summary>
internal static class EbtablesReader
{
    // include/uapi/linux/netfilter_bridge/ebtables.h: struct ebt_replace
    private const int ReplaceSize = 120;
    private const int EntriesSize = 40;
    private const int EntriesPointer = 112;

    // struct ebt_entries, whose first word is zero, and struct ebt_entry, whose is not
    private const int ChainSize = 48;
    private const int ChainName = 4;
    private const int ChainPolicy = 40;
    private const int ChainRules = 44;
    private const int NextOffset = 108;
    private const int RuleSize = 112;
    private const int Drop = -2; // EBT_DROP

    private const int NotPermitted = 1;
    private const int NoEntry = 2;

    internal static Part<IReadOnlyList<EbtablesChain>> Read()
    {
        List<EbtablesChain> chains = [];
        foreach (string table in (ReadOnlySpan<string>)["broute", "nat", "filter"])
        {
            if (Directory.Exists($"/sys/module/ebtable_{table}") && Entries(table) is byte[] entries)
            {
                chains.AddRange(Parse(table, entries));
            }
        }

        return chains.Count == 0
            ? Part.Absent<IReadOnlyList<EbtablesChain>>("no table of ebtables-legacy")
            : Part.Of<IReadOnlyList<EbtablesChain>>(chains);
    }

    /// <summary>The built-in chains of a table's entries, as EBT_SO_GET_ENTRIES gives them.</summary>
    /// <exception cref="IOException">They are not as they must be.</exception>
    internal static List<EbtablesChain> Parse(string table, ReadOnlySpan<byte> entries)
    {
        List<EbtablesChain> chains = [];
        while (!entries.IsEmpty)
        {
            bool isChain = entries.Length >= ChainSize && BitConverter.ToUInt32(entries) == 0;
            int size = isChain ? ChainSize
                : entries.Length >= RuleSize ? BitConverter.ToInt32(entries[NextOffset..])
                : 0;
            if (size <= 0 || size > entries.Length)
            {
                throw new IOException($"the kernel's table {table} of ebtables-legacy cannot be read");
            }

            if (isChain)
            {
                ReadOnlySpan<byte> name = entries.Slice(ChainName, ChainPolicy - ChainName - sizeof(uint));
                int end = name.IndexOf((byte)0);
                string text = Encoding.ASCII.GetString(end < 0 ? name : name[..end]);
                if (HookOf(table, text) is NfHook hook)
                {
                    chains.Add(new EbtablesChain(
                        table, text, hook, BitConverter.ToInt32(entries[ChainRules..]), BitConverter.ToInt32(entries[ChainPolicy..]) == Drop));
                }
            }

            entries = entries[size..];
        }

        return chains;
    }

    // Null for a chain that somebody made: the names of built-in ones are those of the kernel's templates.
    private static NfHook? HookOf(string table, string chain) => (table, chain) switch
    {
        ("broute", "BROUTING") or ("nat", "PREROUTING") => NfHook.Prerouting,
        ("filter", "INPUT") => NfHook.Input,
        ("filter", "FORWARD") => NfHook.Forward,
        ("filter" or "nat", "OUTPUT") => NfHook.Output,
        ("nat", "POSTROUTING") => NfHook.Postrouting,
        _ => null,
    };

    private static unsafe byte[]? Entries(string table)
    {
        int socket = Interop.socket(Interop.AF_INET, Interop.SOCK_DGRAM | Interop.SOCK_CLOEXEC, 0);
        try
        {
            byte[] replace = new byte[ReplaceSize];
            Encoding.ASCII.GetBytes(table, replace);
            if (!Ask(socket, Interop.EBT_SO_GET_INFO, replace, ReplaceSize))
            {
                return null;
            }

            byte[] entries = new byte[BitConverter.ToInt32(replace, EntriesSize)];
            fixed (byte* start = entries)
            {
                // Otherwise a copy of all counters is asked for, too.
                replace.AsSpan(EntriesSize + sizeof(uint)).Clear();
                BitConverter.TryWriteBytes(replace.AsSpan(EntriesPointer), (ulong)start);

                // The kernel wants to be told of both, the structure and what it points to (copy_everything_to_user()).
                return Ask(socket, Interop.EBT_SO_GET_ENTRIES, replace, ReplaceSize + entries.Length) ? entries : null;
            }
        }
        finally
        {
            _ = Interop.close(socket);
        }
    }

    // Whether there is such a table.
    private static unsafe bool Ask(int socket, int option, byte[] replace, int length)
    {
        fixed (byte* start = replace)
        {
            if (Interop.getsockopt(socket, Interop.SOL_IP, option, start, &length) == 0)
            {
                return true;
            }
        }

        return Marshal.GetLastPInvokeError() switch
        {
            NoEntry => false,
            NotPermitted => throw new UnauthorizedAccessException("ebtables"),
            int error => throw new IOException($"tables of ebtables-legacy: {Marshal.GetPInvokeErrorMessage(error)}"),
        };
    }
}
