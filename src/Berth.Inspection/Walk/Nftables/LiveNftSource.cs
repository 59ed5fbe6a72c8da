using Berth.Netlink;
using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>
/// Those of the kernel, chain by chain and set by set as a packet reaches them. The ruleset may change meanwhile:
/// <see cref="IsConsistent"/> says whether it did.
/// </summary>
internal sealed class LiveNftSource : NftSource, IDisposable
{
    private readonly NfTablesConnection _connection;
    private readonly uint _generation;
    private List<Table>? _dormant;
    private List<Chain>? _baseChains;

    private LiveNftSource(NfTablesConnection connection, uint generation)
    {
        _connection = connection;
        _generation = generation;
    }

    /// <summary>Whether all that was read is of one generation of the ruleset.</summary>
    internal bool IsConsistent => _connection.Generation().Id == _generation;

    /// <summary>Opens one in the calling thread's network namespace; null when the kernel has no nf_tables.</summary>
    /// <exception cref="NetlinkErrorException">The kernel refuses.</exception>
    internal static LiveNftSource? Open()
    {
        NfTablesConnection connection = NfTablesConnection.Open();
        try
        {
            return new LiveNftSource(connection, connection.Generation().Id);
        }
        catch (NetlinkErrorException e) when (e.Errno == Errno.Invalid)
        {
            connection.Dispose();
            return null;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose() => _connection.Dispose();

    internal override IReadOnlyList<Chain> BaseChains() => _baseChains ??= ReadBaseChains();

    internal override IReadOnlyList<FlowTable> FlowTables() =>
        [.. _connection.FlowTables().Where(flowTable => !IsDormant(flowTable.Family, flowTable.Table))];

    internal override IReadOnlyList<RulesetRule> Rules(NfFamily family, string table, string chain) =>
        [.. _connection.Rules(family, table, chain).Select(static rule => new RulesetRule(rule.Handle, rule.Expressions, rule.Comment))];

    internal override RulesetSet? Set(NfFamily family, string table, string name)
    {
        Query query = new();
        Answer<Set> answer = query.Set(new Set(family, table, name, default));
        _connection.Ask(query);
        return answer.Value is Set set
            ? RulesetReader.OneOf(
                set, _connection.Elements(set), SetCapacityReader.IsAsked(set) ? SetCapacityReader.Read(family, table) : [])
            : null;
    }

    private List<Chain> ReadBaseChains() =>
        [.. _connection.Chains().Where(chain => chain.Hook is not null && !IsDormant(chain.Family, chain.Table))];

    private bool IsDormant(NfFamily family, string name)
    {
        const uint Dormant = 1;
        _dormant ??= [.. _connection.Tables().Where(static table => (table.Flags & Dormant) != 0)];
        return _dormant.Exists(table => table.Family == family && table.Name == name);
    }
}
