using System.Net;
using Berth.Netlink.Route;

namespace Berth.Netlink.IpSets;

/// <summary>An entry of a set; what its type does not have is null.</summary>
public sealed record IpSetEntry
{
    /// <summary>The address, or the first of a range.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The last address of a range.</summary>
    public IPAddress? LastAddress { get; init; }

    /// <summary>Bits of the network that <see cref="Address"/> stands for; null for the address alone.</summary>
    public byte? PrefixLength { get; init; }

    /// <summary>The second address.</summary>
    public IPAddress? SecondAddress { get; init; }

    /// <summary>Bits of the second address's network; null for the address alone.</summary>
    public byte? SecondPrefixLength { get; init; }

    /// <summary>The transport protocol.</summary>
    public byte? Protocol { get; init; }

    /// <summary>The ports; of ICMP type and code.</summary>
    public PortInterval? Ports { get; init; }

    /// <summary>The interface.</summary>
    public string? Interface { get; init; }

    /// <summary>The link-layer address.</summary>
    public ReadOnlyMemory<byte> HardwareAddress { get; init; }

    /// <summary>The packet mark.</summary>
    public uint? Mark { get; init; }

    /// <summary>Of a list the set that it names.</summary>
    public string? SetName { get; init; }

    /// <summary>Seconds until it goes; null when it stays.</summary>
    public uint? TimeoutSeconds { get; init; }

    /// <summary>What somebody wrote beside it.</summary>
    public string? Comment { get; init; }

    /// <summary>IPSET_FLAG_*: 4 "nomatch", an exception from the networks around it.</summary>
    public uint Flags { get; init; }

    /// <summary>Attributes that are not read here (IPSET_ATTR_*).</summary>
    public IReadOnlyList<int> UnknownAttributes { get; init; } = [];
}
