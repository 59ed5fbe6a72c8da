namespace Berth.NfTables;

/// <summary>The kernel's names of attributes, for errors (include/uapi/linux/netfilter/nf_tables.h).</summary>
internal static class AttributeNames
{
    private const int ListElement = 1;

    private static readonly string[] Table = ["NAME", "FLAGS", "USE", "HANDLE", "PAD", "USERDATA", "OWNER"];

    private static readonly string[] Chain =
        ["TABLE", "HANDLE", "NAME", "HOOK", "POLICY", "USE", "TYPE", "COUNTERS", "PAD", "FLAGS", "ID", "USERDATA"];

    private static readonly string[] Rule =
        ["TABLE", "CHAIN", "HANDLE", "EXPRESSIONS", "COMPAT", "POSITION", "USERDATA", "PAD", "ID", "POSITION_ID", "CHAIN_ID"];

    private static readonly string[] Set =
    [
        "TABLE", "NAME", "FLAGS", "KEY_TYPE", "KEY_LEN", "DATA_TYPE", "DATA_LEN", "POLICY", "DESC", "ID", "TIMEOUT",
        "GC_INTERVAL", "USERDATA", "PAD", "OBJ_TYPE", "HANDLE", "EXPR", "EXPRESSIONS", "TYPE", "COUNT",
    ];

    private static readonly string[] ElementList = ["TABLE", "SET", "ELEMENTS", "SET_ID"];

    private static readonly string[] Element =
    [
        "KEY", "DATA", "FLAGS", "TIMEOUT", "EXPIRATION", "USERDATA", "EXPR", "PAD", "OBJREF", "KEY_END", "EXPRESSIONS",
    ];

    internal static string? Find(ushort messageType, ReadOnlySpan<ushort> path)
    {
        MessageKind kind = (MessageKind)(messageType & 0xff);
        return (kind, path.Length) switch
        {
            (MessageKind.NewTable or MessageKind.GetTable or MessageKind.DeleteTable, 1) => Name("NFTA_TABLE_", Table, path[0]),
            (MessageKind.NewChain or MessageKind.GetChain or MessageKind.DeleteChain, 1) => Name("NFTA_CHAIN_", Chain, path[0]),
            (MessageKind.NewRule or MessageKind.GetRule or MessageKind.DeleteRule, 1) => Name("NFTA_RULE_", Rule, path[0]),
            (MessageKind.NewSet or MessageKind.GetSet or MessageKind.DeleteSet, 1) => Name("NFTA_SET_", Set, path[0]),
            (MessageKind.NewElement or MessageKind.GetElement or MessageKind.DeleteElement, 1) =>
                Name("NFTA_SET_ELEM_LIST_", ElementList, path[0]),
            (MessageKind.NewElement or MessageKind.GetElement or MessageKind.DeleteElement, 3) =>
                Name("NFTA_SET_ELEM_", Element, path[2]),
            (MessageKind.NewRule, 3) => path[2] switch { 1 => "NFTA_EXPR_NAME", 2 => "NFTA_EXPR_DATA", _ => null },
            (_, 2) when path[1] == ListElement => "NFTA_LIST_ELEM",
            _ => null,
        };
    }

    private static string? Name(string prefix, string[] names, ushort type) =>
        type >= 1 && type <= names.Length ? prefix + names[type - 1] : null;
}
