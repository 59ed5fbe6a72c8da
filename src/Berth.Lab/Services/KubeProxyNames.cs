namespace Berth.Lab;

/// <summary>The names of kube-proxy's chains: hashes in base 32 (pkg/proxy/iptables and pkg/proxy/nftables,
/// <c>portProtoHash</c>, <c>hashAndTruncate</c>).</summary>
internal static class KubeProxyNames
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int IptablesLength = 16;
    private const int NftablesLength = 8;

    /// <summary><c>KUBE-SVC-...</c>: spreads over the endpoints.</summary>
    public static string IptablesService(ServedPort port) => "KUBE-SVC-" + Hash(port.Name + port.Protocol, IptablesLength);

    /// <summary><c>KUBE-EXT-...</c>: what comes to an external address or a NodePort.</summary>
    public static string IptablesExternal(ServedPort port) => "KUBE-EXT-" + Hash(port.Name + port.Protocol, IptablesLength);

    /// <summary><c>KUBE-SEP-...</c>: one endpoint.</summary>
    public static string IptablesEndpoint(ServedPort port, ServiceEndpoint endpoint) =>
        "KUBE-SEP-" + Hash($"{port.Name}{port.Protocol}{endpoint}", IptablesLength);

    /// <summary><c>service-HASH-namespace/name/protocol/port</c>.</summary>
    public static string NftablesService(ServedPort port) => "service-" + Named(Base(port));

    /// <summary><c>external-HASH-...</c>.</summary>
    public static string NftablesExternal(ServedPort port) => "external-" + Named(Base(port));

    /// <summary><c>endpoint-HASH-...__address/port</c>.</summary>
    public static string NftablesEndpoint(ServedPort port, ServiceEndpoint endpoint) =>
        "endpoint-" + Named($"{Base(port)}__{endpoint.Address}/{endpoint.Port}");

    private static string Base(ServedPort port) => $"{port.Namespace}/{port.Service}/{port.Protocol}/{port.PortName}";

    private static string Named(string name) => $"{Hash(name, NftablesLength)}-{name}";

    // RFC 4648, as far as it is needed: five bits a letter.
    private static string Hash(string text, int length)
    {
        byte[] hash = Sha256.Hash(text);
        return string.Create(length, hash, static (letters, bytes) =>
        {
            for (int i = 0; i < letters.Length; i++)
            {
                int bit = i * 5;
                int two = (bytes[bit / 8] << 8) | bytes[(bit / 8) + 1];
                letters[i] = Alphabet[(two >> (11 - (bit % 8))) & 31];
            }
        });
    }
}
