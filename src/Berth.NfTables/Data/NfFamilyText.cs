namespace Berth.NfTables;

/// <summary>A family in nft's words.</summary>
public static class NfFamilyText
{
    /// <summary>nft's keyword.</summary>
    public static string ToText(this NfFamily family) => family switch
    {
        NfFamily.Ip => "ip",
        NfFamily.Ip6 => "ip6",
        NfFamily.Inet => "inet",
        NfFamily.Arp => "arp",
        NfFamily.Bridge => "bridge",
        NfFamily.Netdev => "netdev",
        NfFamily.Unspecified => "any",
        _ => $"family {(byte)family}",
    };
}
