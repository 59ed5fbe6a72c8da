using System.Net.Sockets;

namespace Berth.Netlink;

/// <summary>
/// Address families as the kernel numbers them (include/linux/socket.h). .NET's numbers are those of Windows: its IPv6
/// is 23, so a cast would ask for another protocol.
/// </summary>
internal static class KernelFamily
{
    internal const byte Unspecified = 0;
    internal const byte IPv4 = 2;
    internal const byte IPv6 = 10;

    internal static byte Of(AddressFamily family) => family switch
    {
        AddressFamily.Unspecified => Unspecified,
        AddressFamily.InterNetwork => IPv4,
        AddressFamily.InterNetworkV6 => IPv6,
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, "IPv4, IPv6 or unspecified"),
    };
}
