using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>What a rule changed of a set when the packet passed: later rules find it so.</summary>
/// <param name="Family">The table's family.</param>
/// <param name="Table">The table.</param>
/// <param name="Set">The set or map.</param>
/// <param name="Key">The key.</param>
/// <param name="Element">The element that is there now; null when it was deleted.</param>
internal sealed record SetChange(NfFamily Family, string Table, string Set, DataValue Key, Element? Element)
{
    internal bool IsOf(NftTable table, string set) => Family == table.Family && Table == table.Name && Set == set;
}
