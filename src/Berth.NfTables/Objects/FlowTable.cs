namespace Berth.NfTables;

/// <summary>A flow table: connections that a rule puts into it go between its devices past all chains.</summary>
/// <param name="Family">The table's family.</param>
/// <param name="Table">The table.</param>
/// <param name="Name">The name, unique in the table.</param>
/// <param name="Devices">The names of the devices that it is for.</param>
public sealed record FlowTable(NfFamily Family, string Table, string Name, IReadOnlyList<string> Devices);
