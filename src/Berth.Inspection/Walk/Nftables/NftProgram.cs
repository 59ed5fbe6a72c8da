using System.Net.Sockets;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>A base chain of nf_tables.</summary>
internal sealed class NftProgram(NftTable table, Chain chain) : WalkProgram
{
    internal override bool IsLegacy => false;

    internal override NfFamily Family => table.Family;

    internal override string Table => table.Name;

    internal override string Chain => chain.Name;

    internal override NfHook Hook => chain.Hook!.Hook;

    internal override int Priority => chain.Hook!.Priority;

    internal override string Type => chain.Hook!.Type;

    internal override WalkVerdict Policy => chain.Hook!.Policy == VerdictKind.Drop ? WalkVerdict.Drop : WalkVerdict.Accept;

    internal override ulong Registration => chain.Handle;

    internal override IReadOnlyList<WalkRule> Rules(string chain) => table.Rules(chain);

    /// <summary>The base chains that packets of a family pass.</summary>
    internal static IEnumerable<NftProgram> Of(NftSource source, WalkNode node, AddressFamily family)
    {
        NfFamily own = family == AddressFamily.InterNetwork ? NfFamily.Ip : NfFamily.Ip6;
        Dictionary<(NfFamily, string), NftTable> tables = [];
        foreach (Chain chain in source.BaseChains())
        {
            if ((chain.Family == own || chain.Family == NfFamily.Inet) && chain.Hook!.Hook <= NfHook.Postrouting)
            {
                if (!tables.TryGetValue((chain.Family, chain.Table), out NftTable? table))
                {
                    tables.Add((chain.Family, chain.Table), table = new NftTable(source, chain.Family, chain.Table, node));
                }

                yield return new NftProgram(table, chain);
            }
        }
    }
}
