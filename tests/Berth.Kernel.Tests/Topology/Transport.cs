namespace Berth.Kernel.Tests.Topology;

/// <summary>The protocols that the kernel at hand has sockets for.</summary>
public enum Transport
{
    /// <summary>A connection.</summary>
    Tcp,

    /// <summary>A datagram and its answer.</summary>
    Udp,
}

/// <summary>An address family.</summary>
public enum Family
{
    /// <summary>IPv4.</summary>
    IPv4,

    /// <summary>IPv6.</summary>
    IPv6,
}
