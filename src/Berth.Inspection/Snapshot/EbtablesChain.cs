using Berth.NfTables;

namespace Berth.Inspection;

/// <summary>A built-in chain of ebtables-legacy, through which packets of bridges pass.</summary>
/// <param name="Table">"filter", "nat" or "broute".</param>
/// <param name="Name">"FORWARD", for instance.</param>
/// <param name="Hook">The hook of bridges that it is in.</param>
/// <param name="RuleCount">How many rules it has; those of user-defined chains are not counted.</param>
/// <param name="Drops">Whether what no rule decides is dropped: its policy is DROP.</param>
public sealed record EbtablesChain(string Table, string Name, NfHook Hook, int RuleCount, bool Drops)
{
    /// <summary>In words: "ebtables nat PREROUTING".</summary>
    public override string ToString() => $"ebtables {Table} {Name}";
}
