namespace Berth.Netlink;

/// <summary>Netlink pads messages and attributes to four bytes (NLMSG_ALIGNTO and NLA_ALIGNTO of the kernel).</summary>
public static class Alignment
{
    /// <summary>The boundary, in bytes.</summary>
    public const int Boundary = 4;

    /// <summary>The smallest multiple of <see cref="Boundary"/> that is not below <paramref name="length"/>.</summary>
    public static int Align(int length) => (length + Boundary - 1) & ~(Boundary - 1);
}
