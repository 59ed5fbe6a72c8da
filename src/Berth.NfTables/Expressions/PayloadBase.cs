namespace Berth.NfTables;

/// <summary>Headers of a packet (enum nft_payload_bases).</summary>
public enum PayloadBase : uint
{
    /// <summary>The link layer's.</summary>
    Link = 0,

    /// <summary>IPv4's or IPv6's.</summary>
    Network = 1,

    /// <summary>TCP's, UDP's, SCTP's or ICMP's.</summary>
    Transport = 2,
}
