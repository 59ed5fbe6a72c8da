using System.Net;
using Berth.Netlink.Route;

namespace Berth.Inspection;

/// <summary>Which end of a connection is rewritten.</summary>
internal enum NatManipulation
{
    /// <summary>The source.</summary>
    Source,

    /// <summary>The destination.</summary>
    Destination,
}

/// <summary>
/// What a rule of a nat chain asks of connection tracking (struct nf_nat_range2). The walk carries it out, unless the
/// connection has its rewriting already: such a rule's verdict is to accept.
/// </summary>
internal sealed record NatRequest(NatManipulation Manipulation)
{
    /// <summary>The new address, or the first of a range; null when it stays, or follows from the kind.</summary>
    internal IPAddress? First { get; init; }

    /// <summary>The last address of a range; null for one address.</summary>
    internal IPAddress? Last { get; init; }

    /// <summary>The new ports; null when they stay as they are, if they are free.</summary>
    internal PortInterval? Ports { get; init; }

    /// <summary>The first port of the old ones that <see cref="Ports"/> begins at, for a shift; null for none.</summary>
    internal ushort? PortBase { get; init; }

    /// <summary>The source becomes the outbound link's address.</summary>
    internal bool IsMasquerade { get; init; }

    /// <summary>The destination becomes the inbound link's address; of the node's own packets loopback.</summary>
    internal bool IsRedirect { get; init; }

    /// <summary>The network's bits change, the host's stay (NETMAP; nft's prefix).</summary>
    internal bool IsNetworkMap { get; init; }

    /// <summary>The port is chosen at random.</summary>
    internal bool IsRandom { get; init; }

    /// <summary>Of a range of addresses the same source always gets the same, whatever it talks to.</summary>
    internal bool IsPersistent { get; init; }
}
