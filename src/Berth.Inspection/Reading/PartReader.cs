using Berth.Netlink;

namespace Berth.Inspection;

/// <summary>Turns what goes wrong in reading into a part that says so.</summary>
internal static class PartReader
{
    internal const string NeedsRoot = "needs root";

    internal static Part<T> Read<T>(Func<Part<T>> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (NetlinkErrorException e) when (e.Errno is Errno.NotPermitted or Errno.Access)
        {
            return Part.Unreadable<T>($"{NeedsRoot} (CAP_NET_ADMIN)");
        }
        catch (UnauthorizedAccessException)
        {
            return Part.Unreadable<T>(NeedsRoot);
        }
        catch (NetlinkErrorException e) when (e.Errno is Errno.ProtocolNotSupported or Errno.FamilyNotSupported or Errno.NotSupported)
        {
            return Part.Absent<T>("this kernel has none");
        }
        catch (Exception e) when (e is NetlinkException or IOException)
        {
            return Part.Unreadable<T>(e.Message);
        }
    }
}
