namespace Berth.NfTables;

/// <summary>Numbers of nf_tables messages (enum nf_tables_msg_types).</summary>
internal enum MessageKind
{
    NewTable = 0,
    GetTable = 1,
    DeleteTable = 2,
    NewChain = 3,
    GetChain = 4,
    DeleteChain = 5,
    NewRule = 6,
    GetRule = 7,
    DeleteRule = 8,
    NewSet = 9,
    GetSet = 10,
    DeleteSet = 11,
    NewElement = 12,
    GetElement = 13,
    DeleteElement = 14,
    NewGeneration = 15,
    GetGeneration = 16,
    GetFlowTable = 23,
}
