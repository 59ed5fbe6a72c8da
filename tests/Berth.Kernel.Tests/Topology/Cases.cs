namespace Berth.Kernel.Tests.Topology;

/// <summary>The axes along which most tests run.</summary>
public static class Cases
{
    /// <summary>TCP and UDP over IPv4 and IPv6.</summary>
    public static MatrixTheoryData<Transport, Family> Everything { get; } =
        new([Transport.Tcp, Transport.Udp], [Family.IPv4, Family.IPv6]);

    /// <summary>TCP and UDP.</summary>
    public static TheoryData<Transport> Transports { get; } = [Transport.Tcp, Transport.Udp];

    /// <summary>IPv4 and IPv6.</summary>
    public static TheoryData<Family> Families { get; } = [Family.IPv4, Family.IPv6];

    /// <summary>TCP and UDP over IPv4 and IPv6, bridged packets shown to the IP hooks or not.</summary>
    public static MatrixTheoryData<Transport, Family, bool> EverythingBridged { get; } =
        new([Transport.Tcp, Transport.Udp], [Family.IPv4, Family.IPv6], [false, true]);

    /// <summary>Both families, in both orders of something.</summary>
    public static MatrixTheoryData<Family, bool> FamiliesInBothOrders { get; } =
        new([Family.IPv4, Family.IPv6], [false, true]);
}
