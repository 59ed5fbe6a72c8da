using Berth.Netlink;
using Berth.Netlink.Xfrm;

namespace Berth.Inspection;

/// <summary>Reads IPsec's policies, where there may be any: the question alone would load the kernel's module for them.</summary>
internal static class IpsecReader
{
    // Each line's second word is a socket's protocol. The kernel's own socket is there as long as xfrm_user is.
    private const string Sockets = "/proc/thread-self/net/netlink";

    // By setkey(8)'s sockets policies can be made, too.
    private const string KeySockets = "/proc/thread-self/net/pfkey";

    internal static Part<IpsecState> Read()
    {
        if (!MayHaveAny())
        {
            return Part.Absent<IpsecState>("this kernel has no IPsec, or has not loaded it");
        }

        using XfrmConnection connection = XfrmConnection.Open();
        return Part.Of(new IpsecState(connection.Policies(), connection.Defaults()));
    }

    private static bool MayHaveAny()
    {
        string xfrm = $"{(int)NetlinkProtocol.Xfrm}";
        return File.Exists(KeySockets) || File.ReadLines(Sockets).Any(line =>
            line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries) is [_, var protocol, ..] && protocol == xfrm);
    }
}
