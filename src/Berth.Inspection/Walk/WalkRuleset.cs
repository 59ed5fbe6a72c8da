using System.Net.Sockets;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>The rules of a node as a walk asks for them.</summary>
/// <param name="Nft">Those of nf_tables; null where there are none, or they could not be read.</param>
internal sealed record WalkRuleset(NftSource? Nft)
{
    private IReadOnlyList<WalkProgram>? _legacy;

    /// <summary>The base chains of iptables-legacy; null for those of the snapshot.</summary>
    internal IReadOnlyList<WalkProgram>? Legacy { get; init; }

    /// <summary>All base chains that packets of a family pass, of both kinds.</summary>
    internal IReadOnlyList<WalkProgram> Programs(WalkNode node, AddressFamily family)
    {
        List<WalkProgram> programs = [];
        if (Nft is not null)
        {
            programs.AddRange(NftProgram.Of(Nft, node, family));
        }

        NfFamily own = family == AddressFamily.InterNetwork ? NfFamily.Ip : NfFamily.Ip6;
        _legacy ??= Legacy ?? [.. IptablesPrograms.Legacy(node.Snapshot)];
        programs.AddRange(_legacy.Where(program => program.Family == own));

        return programs;
    }

    internal static WalkRuleset Of(NodeSnapshot snapshot) =>
        new(snapshot.NfTables.Value is Ruleset ruleset ? new SnapshotNftSource(ruleset) : null);
}
