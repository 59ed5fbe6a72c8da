using Microsoft.Win32.SafeHandles;

namespace Berth.Netlink;

/// <summary>The descriptor of a netlink socket, closed once and for sure.</summary>
internal sealed class NetlinkSocketHandle : SafeHandleMinusOneIsInvalid
{
    public NetlinkSocketHandle()
        : base(ownsHandle: true)
    {
    }

    protected override bool ReleaseHandle() => Interop.close(handle) == 0;
}
