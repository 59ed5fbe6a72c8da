namespace Berth.Inspection;

/// <summary>nft's names for parts of IPv6 extension headers and TCP options.</summary>
internal static class NftExtensionFields
{
    private const uint Ipv6 = 0; // NFT_EXTHDR_OP_*
    private const uint TcpOption = 1;

    private static readonly Dictionary<byte, string> Headers = new()
    {
        [0] = "hbh",
        [43] = "rt",
        [44] = "frag",
        [60] = "dst",
        [135] = "mh",
    };

    private static readonly Dictionary<byte, string> Options = new()
    {
        [0] = "eol",
        [1] = "nop",
        [2] = "maxseg",
        [3] = "window",
        [4] = "sack-perm",
        [5] = "sack",
        [8] = "timestamp",
        [19] = "md5sig",
        [30] = "mptcp",
        [34] = "fastopen",
    };

    /// <summary>Its name before its field's; null when nft has none.</summary>
    internal static string? Name(ExtensionHeader header) => header.Operation switch
    {
        Ipv6 when Headers.TryGetValue(header.Type, out string? name) => header.IsPresence ? "exthdr " + name : name,
        TcpOption when Options.TryGetValue(header.Type, out string? name) => "tcp option " + name,
        TcpOption => $"tcp option {header.Type}",
        _ => null,
    };

    /// <summary>The field that takes exactly these bits.</summary>
    internal static NftHeaderField? Field(ExtensionHeader header, int offset, int length)
    {
        NftHeaderField[] fields = (header.Operation, header.Type) switch
        {
            (Ipv6, 0 or 60) => [new("nexthdr", 0, 8, NftType.Protocol), new("hdrlength", 8, 8, NftType.Integer)],
            (Ipv6, 43) =>
            [
                new("nexthdr", 0, 8, NftType.Protocol), new("hdrlength", 8, 8, NftType.Integer), new("type", 16, 8, NftType.Integer),
                new("seg-left", 24, 8, NftType.Integer),
            ],
            (Ipv6, 44) =>
            [
                new("nexthdr", 0, 8, NftType.Protocol), new("reserved", 8, 8, NftType.Integer), new("frag-off", 16, 13, NftType.Integer),
                new("reserved2", 29, 2, NftType.Integer), new("more-fragments", 31, 1, NftType.Integer), new("id", 32, 32, NftType.Integer),
            ],
            (TcpOption, 2) => [new("length", 8, 8, NftType.Integer), new("size", 16, 16, NftType.Integer)],
            (TcpOption, 3) => [new("length", 8, 8, NftType.Integer), new("count", 16, 8, NftType.Integer)],
            (TcpOption, 8) =>
            [
                new("length", 8, 8, NftType.Integer), new("tsval", 16, 32, NftType.Integer), new("tsecr", 48, 32, NftType.Integer),
            ],
            (TcpOption, _) => [new("length", 8, 8, NftType.Integer)],
            _ => [],
        };
        return Array.Find(fields, field => field.Offset == offset && field.Length == length);
    }
}
